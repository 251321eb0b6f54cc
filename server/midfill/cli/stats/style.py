"""The style of the page, light and dark, also inside VS Code."""

_LIGHT = "--paper:#fff;--ink:#1b2430;--dim:#5d6b7c;--line:#dfe4ea;--one:#2563c9;--two:#c2571a;--faint:#b9c9e2"
_DARK = (
    "--paper:#12171f;--ink:#e3e8ef;--dim:#93a1b3;--line:#2b3440;--one:#6ea8fe;--two:#f0935a;--faint:#3b5378"
)

STYLE = f"""
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
body.vscode-light{{{_LIGHT}}}
body.vscode-dark,body.vscode-high-contrast{{{_DARK}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}}
main{{max-width:60rem;margin:0 auto;padding:2rem 1.25rem}}
h1{{margin:0;font-size:1.5rem}} h2{{margin:2rem 0 .5rem;font-size:1.05rem}}
header p,footer{{color:var(--dim);margin:.2rem 0 1.5rem}} footer{{margin-top:2rem;font-size:.87rem}}
footer p{{margin:.3rem 0}}
.scroll{{overflow-x:auto}}
table{{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}}
th,td{{padding:.32rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}}
th:first-child{{text-align:left;padding-left:0}} tbody th{{font-weight:400}}
thead th{{color:var(--dim);font-weight:600}}
.plots{{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.5rem;margin-top:2rem}}
figure{{margin:0}} figcaption{{display:flex;flex-wrap:wrap;gap:0 1rem;font-weight:600}}
figcaption ul{{display:flex;gap:.9rem;margin:0;padding:0;list-style:none;font-weight:400;color:var(--dim)}}
figcaption li::before{{content:"";display:inline-block;width:.65rem;height:.65rem;border-radius:2px;
margin-right:.35rem;background:var(--fill)}}
svg{{display:block;width:100%;height:auto}}
svg line{{stroke:var(--line)}} svg text{{fill:var(--dim);font-size:12px}}
rect{{fill:var(--fill)}}
.one{{--fill:var(--one)}} .two{{--fill:var(--two)}} .faint{{--fill:var(--faint)}}
"""
