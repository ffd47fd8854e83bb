"""How often standing rules were used: counted in the record of decisions, for all programs that use it.

A row `intend` has the rules that decided, with how many calls each answered. It counts as soon as it is
written, and also if its outcome is unknown; not if it is proven that nothing was taken.
"""

from hitl_engine.model import AppliedRule, JsonObject, OutcomeKind, RuleUse, as_object

BY_RULES = "{row}.event = 'intend' AND json_extract({row}.body, '$.rules') IS NOT NULL"
"""The rows that rules decided, as the index `decision_by_rule` has them."""
CALLS = f"""
SELECT json_extract(used.value, '$.digest') AS digest, json_extract(used.value, '$.calls') AS calls
FROM decision AS earlier, json_each(earlier.body, '$.rules') AS used
WHERE {BY_RULES.format(row="earlier")}
    AND NOT EXISTS (
        SELECT 1 FROM decision AS ending
        WHERE ending.decision_id = earlier.decision_id AND ending.event = 'conclude'
            AND json_extract(ending.body, '$.outcome') = '{OutcomeKind.REFUSED.value}')
"""
"""The calls that each rule answered, by its digest."""
ALLOWED = f"""
NOT EXISTS (
    SELECT 1 FROM added, decision AS earlier
    WHERE json_extract(added.body, '$.rules') IS NOT NULL
        AND {BY_RULES.format(row="earlier")}
        AND json_extract(earlier.body, '$.fingerprint')
            = json_extract(added.body, '$.fingerprint'))
AND NOT EXISTS (
    SELECT 1 FROM added, json_each(added.body, '$.rules') AS used
    GROUP BY json_extract(used.value, '$.digest')
    HAVING sum(json_extract(used.value, '$.calls')) + coalesce((
            SELECT sum(calls) FROM ({CALLS})
            WHERE digest = json_extract(used.value, '$.digest')), 0)
        > min(json_extract(used.value, '$.limit')))
"""
"""Whether the rows `added` exceed no limit, and answer nothing that rules answered before.

It is a part of the statement that adds them, and so of its transaction.
"""


def used_rules(uses: tuple[RuleUse, ...]) -> JsonObject:
    """Return what a row has of the rules that decided; nothing if a person did."""
    if not uses:
        return {}
    return {
        "rules": [
            {
                "name": use.rule.name,
                "digest": use.rule.digest,
                "calls": use.calls,
                "limit": use.rule.limit,
                "content": use.rule.content,
            }
            for use in uses
        ]
    }


def applied_rules(body: JsonObject) -> tuple[AppliedRule, ...]:
    """Return the rules that a row has."""
    listed = body.get("rules")
    return tuple(
        AppliedRule(
            str(each["name"]),
            str(each["digest"]),
            int(str(each["calls"])),
            as_object(each["content"]),
        )
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    )
