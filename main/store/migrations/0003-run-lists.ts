/**
 * Lists of many runs: the long report moves to a table of its own, what lists show and sort by becomes columns, and words of names,
 * notes, tags and recipes are indexed. Notes, tags and the trash are new.
 */
export const runLists = `
CREATE TABLE reports (
  run_id INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  report TEXT NOT NULL
) STRICT;
INSERT INTO reports (run_id, report) SELECT id, report FROM runs WHERE report IS NOT NULL;

ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN deleted_at TEXT;
-- The share that the budget wants gone; the figures of the report as JSON; its accuracy, and by how much that changed.
ALTER TABLE runs ADD COLUMN asked REAL;
ALTER TABLE runs ADD COLUMN result TEXT;
ALTER TABLE runs ADD COLUMN accuracy REAL;
ALTER TABLE runs ADD COLUMN change REAL;

UPDATE runs SET result = CASE WHEN NOT json_valid(report) THEN '{}' ELSE json_object(
  'denseAccuracy', coalesce(report ->> '$.original.accuracy', report ->> '$.dense.accuracy'),
  'pairs', json(report -> '$.pairs'),
  'test', report ->> '$.data.test',
  'accuracy', report ->> '$.compressed.accuracy',
  'sparsity', report ->> '$.sparsity',
  'promises', json(coalesce(report -> '$.promises', '[]')),
  'parameters', report ->> '$.compressed.parameters',
  'nonzero', report ->> '$.compressed.nonzero') END
WHERE report IS NOT NULL;
UPDATE runs SET accuracy = CAST(result ->> '$.accuracy' AS REAL), change = CASE
    WHEN result ->> '$.denseAccuracy' IS NULL THEN NULL
    WHEN result ->> '$.pairs' IS NULL THEN (result ->> '$.accuracy') - (result ->> '$.denseAccuracy')
    ELSE ((result ->> '$.pairs.gained') - (result ->> '$.pairs.lost')) * 1.0 / (result ->> '$.pairs.samples')
  END
WHERE result IS NOT NULL;
UPDATE runs SET asked = CASE
    WHEN recipe ->> '$.budget.sparsity' IS NOT NULL THEN recipe ->> '$.budget.sparsity'
    ELSE 1 - (
      SELECT CASE WHEN kept <= 1 THEN kept END FROM (SELECT coalesce(
        recipe ->> '$.budget.parameters', recipe ->> '$.budget.macs', recipe ->> '$.budget.channels',
        recipe ->> '$.budget.memory', recipe ->> '$.budget.bytes.kept', recipe ->> '$.budget.latency.kept') AS kept))
  END
WHERE json_valid(recipe);
ALTER TABLE runs DROP COLUMN report;

CREATE INDEX runs_by_state ON runs(state);
CREATE INDEX runs_by_created ON runs(deleted_at, created_at, id);

CREATE TABLE run_tags (
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  tag TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_by_tag ON run_tags(tag);

-- Every word that begins with what a person types is found: prefixes of up to three letters have indexes of their own.
CREATE VIRTUAL TABLE run_words USING fts5(
  name, notes, tags, recipe, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
CREATE VIEW run_texts AS
  SELECT id, name, notes,
    coalesce((SELECT group_concat(tag, ' ') FROM run_tags WHERE run_id = runs.id), '') AS tags,
    coalesce((SELECT group_concat(atom, ' ')
      FROM json_tree(CASE WHEN json_valid(runs.recipe) THEN runs.recipe ELSE '[]' END)
      WHERE type IN ('text', 'integer', 'real')), '') AS recipe
  FROM runs;
INSERT INTO run_words (rowid, name, notes, tags, recipe) SELECT id, name, notes, tags, recipe FROM run_texts;

CREATE TRIGGER runs_words_added AFTER INSERT ON runs
BEGIN
  INSERT INTO run_words (rowid, name, notes, tags, recipe)
    SELECT id, name, notes, tags, recipe FROM run_texts WHERE id = NEW.id;
END;
CREATE TRIGGER runs_words_changed AFTER UPDATE OF name, notes, recipe ON runs
BEGIN
  INSERT OR REPLACE INTO run_words (rowid, name, notes, tags, recipe)
    SELECT id, name, notes, tags, recipe FROM run_texts WHERE id = NEW.id;
END;
CREATE TRIGGER runs_words_removed AFTER DELETE ON runs
BEGIN
  DELETE FROM run_words WHERE rowid = OLD.id;
END;
CREATE TRIGGER run_tags_added AFTER INSERT ON run_tags
BEGIN
  INSERT OR REPLACE INTO run_words (rowid, name, notes, tags, recipe)
    SELECT id, name, notes, tags, recipe FROM run_texts WHERE id = NEW.run_id;
END;
CREATE TRIGGER run_tags_removed AFTER DELETE ON run_tags
BEGIN
  INSERT OR REPLACE INTO run_words (rowid, name, notes, tags, recipe)
    SELECT id, name, notes, tags, recipe FROM run_texts WHERE id = OLD.run_id;
END;
`;
