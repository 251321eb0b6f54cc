"""The next edit without a model: the user's last edit is offered at similar places.

`History` collects the user's edits as hunks. `offerable_rules` derives rules from them, and `suggested_edits` yields
the edits at the places where the rules fit. The modules in reading order: `text_lines`, `edit_tokens`, `hunk`,
`history`, `hunk_change`, `holes`, `generalize`, `required_tokens`, `rule`, `specificity`, `rule_derivation`, `places`,
`suggested_edits`.

The steps of a next edit:

1. `Document.edit` returns the changed lines. `History` merges them into hunks while a line is typed.
2. A request arrives: `NextEdits.offer` waits for a pause of 0.4 s. It offers nothing while a completion is shown,
   while next edits are switched off, or after a newer request or a key.
3. `change_of` extracts the change of a hunk. `common_edit` generalizes the last hunk and each similar earlier one to
   an edit with holes; an inserted word may repeat a removed one, or one near the place, in another case.
   `possible_required_tokens` yields the text that a rule requires around a place. `rules_for` returns the rules;
   `is_specific` decides which of these may be offered.
4. `suggested_edits` yields edits where a rule fits: below the last hunk, then, if `is_specific_elsewhere`, in open
   documents and the files that the index finds. A rule requires more context if it contradicts one of the user's
   last hunks. The same applies after a suggested edit was refused, or shown three times, until four hunks support the
   rule. In other files, a refusal ends the rule. Comments and strings change only if the user's own change was in
   one.
5. If no rule fits, and `edits.backend` names a model, `Rewriter` calls it. `editable_region_at` (`core/rewrite`)
   selects the lines around the cursor and masks keys. A `RewriteFormat` writes the prompt and reads the rewritten
   lines. `edits_in` compares them with the document, `rejection_reason` rejects an edit, and `nearest_edit` returns
   the nearest one.
6. `RewriteCall` is the call. It ends at any change of a document that does not take its edit. The remaining edits of
   its answer need no other call.
"""

from midfill.core.edit_rules.history import History
from midfill.core.edit_rules.hunk import DocumentSnapshot, Hunk, SuggestedEdit
from midfill.core.edit_rules.suggested_edits import offerable_rules, suggested_edits

__all__ = ["DocumentSnapshot", "History", "Hunk", "SuggestedEdit", "offerable_rules", "suggested_edits"]
