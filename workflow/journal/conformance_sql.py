"""The SQL by which each entry is held against the definition it names."""

from __future__ import annotations

# What the text of an entry says counts, not the columns beside it: only the text was hashed.
MOVES = """
WITH moves AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) m(definition text, workflow text,
        trigger text, source text[], target text, roles text[], own text[], not_by text[],
        rounds jsonb, not_subject boolean, rules jsonb, checks jsonb)
),
definitions AS MATERIALIZED (SELECT DISTINCT definition, workflow FROM moves),
cases AS ({cases}),
read AS (
    SELECT case_id, n, workflow, trigger, at, journal_said(body) AS said FROM journal OFFSET 0
),
told AS (
    SELECT case_id, n, read.workflow, read.trigger, said ->> 'definition' AS definition,
        said ->> 'workflow' AS told_workflow, said ->> 'trigger' AS move, said ->> 'actor' AS actor,
        said ->> 'role' AS role, said ->> 'from' AS source, said ->> 'to' AS target,
        jsonb_typeof(said) IS DISTINCT FROM 'object' AS unreadable, at,
        m.rules <> coalesce(said -> 'rules', 'null') AS without_rules,
        m.checks <> coalesce(said -> 'checks', 'null') AS without_checks
    FROM read LEFT JOIN moves m
        ON m.definition = said ->> 'definition' AND m.trigger = said ->> 'trigger'
),
followed AS (
    SELECT told.*, lag(n, 1, 0) OVER chain AS before,
        lag(target, 1, '{new}') OVER chain AS stood, lag(definition) OVER chain AS pinned,
        lag(at) OVER chain AS earlier, lead(n) OVER chain AS next
    FROM told WINDOW chain AS (PARTITION BY case_id ORDER BY n)
),
judged AS (
    SELECT f.case_id, f.n, f.workflow, f.trigger, array_remove(ARRAY[
        CASE WHEN f.unreadable THEN 'unreadable' END,
        CASE WHEN NOT f.unreadable AND d.definition IS NULL THEN 'unknown_definition' END,
        CASE WHEN d.definition IS NOT NULL AND m.trigger IS NULL THEN 'unknown_move' END,
        CASE WHEN f.n <> f.before + 1 THEN 'gap' END,
        CASE WHEN f.source IS DISTINCT FROM f.stood THEN 'discontinuity' END,
        CASE WHEN f.pinned <> f.definition THEN 'repinned' END,
        CASE WHEN (f.source = ANY(m.source)) IS NOT TRUE AND m.trigger IS NOT NULL
            THEN 'wrong_source' END,
        CASE WHEN f.target IS DISTINCT FROM m.target AND m.trigger IS NOT NULL
            THEN 'wrong_target' END,
        CASE WHEN (f.role = ANY(m.roles)) IS NOT TRUE AND m.trigger IS NOT NULL THEN 'role' END,
        CASE WHEN f.role = ANY(m.own) AND a.person IS DISTINCT FROM c.person
            THEN 'not_own_case' END,
        CASE WHEN m.not_subject AND a.person = c.person THEN 'own_case' END,
        CASE WHEN f.role <> 'system' AND cardinality(m.not_by) > 0 AND EXISTS (
            SELECT FROM journal e WHERE e.case_id = f.case_id AND e.n < f.n
                AND e.trigger = ANY(m.not_by)
                AND (e.actor = f.actor OR e.actor = 'person:' || a.person OR e.actor IN (
                    SELECT 'user:' || o.id FROM office_user o WHERE o.person_id = a.person))
                AND e.n > coalesce((SELECT max(k.n) FROM journal k WHERE k.case_id = f.case_id
                    AND m.rounds -> e.trigger ? k.trigger AND k.n < (
                        SELECT max(l.n) FROM journal l WHERE l.case_id = f.case_id
                            AND l.trigger = e.trigger AND l.n < f.n)), 0)
            ) THEN 'same_person' END,
        CASE WHEN f.at < f.earlier - interval '{leeway}' THEN 'earlier' END,
        CASE WHEN f.without_rules THEN 'rules' END,
        CASE WHEN f.without_checks THEN 'checks' END,
        CASE WHEN f.n = 1 AND f.at <> c.created_at OR f.next IS NULL AND f.at <> c.entered_at
            THEN 'moment' END
    ], NULL) AS reasons
    FROM followed f
    LEFT JOIN definitions d ON d.definition = f.definition AND d.workflow = f.told_workflow
    LEFT JOIN moves m ON m.definition = d.definition AND m.trigger = f.move
    LEFT JOIN cases c ON c.id = f.case_id
    LEFT JOIN office_user u ON f.actor = 'user:' || u.id
    CROSS JOIN LATERAL (SELECT CASE WHEN f.actor ~ '^person:[0-9]{{1,18}}$'
        THEN CAST(substr(f.actor, 8) AS bigint) ELSE u.person_id END AS person) a
),
ranked AS (
    SELECT r.reason, j.*, row_number() OVER (PARTITION BY r.reason ORDER BY case_id, n) AS place
    FROM judged j CROSS JOIN LATERAL unnest(j.reasons) r(reason) WHERE cardinality(j.reasons) > 0
),
counted AS (
    SELECT reason, count(*) AS entries, jsonb_agg(jsonb_build_object('case', case_id, 'n', n,
            'workflow', workflow, 'trigger', trigger) ORDER BY place)
        FILTER (WHERE place <= {samples}) AS samples
    FROM ranked GROUP BY reason
)
SELECT * FROM counted ORDER BY array_position(CAST(:order AS text[]), reason)
"""
"""How each entry is judged; ``docs/journal.md`` tells the reasons."""

DOCUMENTS = """
SELECT 'unknown_document' AS reason, case_id, n, workflow, trigger, 'document ' || sha256 AS row
FROM (
    SELECT case_id, n, workflow, trigger, jsonb_array_elements_text(CASE
        WHEN jsonb_typeof(said -> 'documents') = 'array' THEN said -> 'documents' ELSE '[]' END
        ) AS sha256
    FROM (SELECT *, journal_said(body) AS said FROM journal
        WHERE body NOT LIKE '%"documents":[]%' OR body LIKE '%"documents":%"documents":%'
        OFFSET 0) read
) named
WHERE NOT EXISTS (SELECT FROM document d WHERE d.sha256 = named.sha256)
    AND NOT EXISTS (SELECT FROM scan s WHERE s.sha256 = named.sha256)
    AND NOT EXISTS (SELECT FROM signature s WHERE s.container_sha256 = named.sha256)
    AND NOT EXISTS (SELECT FROM augmentation a WHERE a.container_sha256 = named.sha256)
"""
"""Documents that an entry names and nobody has. Almost all entries name none, and only the others
need be parsed; a list that is empty twice over is looked at too."""

BATCHES = """
SELECT 'unknown_batch' AS reason, j.case_id, j.n, j.workflow, j.trigger, j.batch AS row
FROM (SELECT DISTINCT batch FROM journal WHERE batch ~ '^(sweep|batch):[0-9]{{1,18}}$') named
CROSS JOIN LATERAL (SELECT * FROM journal k WHERE k.batch = named.batch
    ORDER BY at, case_id, n LIMIT 1) j
WHERE CASE WHEN named.batch LIKE 'sweep:%'
    THEN NOT EXISTS (SELECT FROM sweep_run r WHERE 'sweep:' || r.id = named.batch)
    ELSE NOT EXISTS (SELECT FROM batch b WHERE 'batch:' || b.id = named.batch) END
"""
"""Sweeps and batches that moved cases and are not there, each by its first entry."""

DEFINITIONS = """
SELECT 'unpublished' AS reason, c.id AS case_id, 1 AS n, '' AS workflow, '' AS trigger,
    'definition ' || d.sha256 AS row
FROM ({cases}) c JOIN definition d ON d.sha256 = c.definition
WHERE c.created_at < d.published_at - interval '1 day'
"""
"""Cases that are older than the publishing of the definition they are pinned to; a clock that was
set back by some hours makes none."""

NUMBERS = """
SELECT 'numbers' AS reason, c.id AS case_id, 0 AS n, '' AS workflow, '' AS trigger,
    'sequence case_id: ' || s.last_value AS row
FROM case_id s, (SELECT max(id) AS id FROM ({cases}) every) c WHERE s.last_value < c.id
"""
"""The row of numbers of all cases, when it would give a number that a case already has."""
