import tseslint from "typescript-eslint";

export default tseslint.config(tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    "max-lines": ["error", 250],
    "max-lines-per-function": ["error", 40],
    "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
  },
});
