-- Foreign keys that change their own table when the other one is changed: c cascade, n set null, d set default.
SELECT constraint_.confrelid AS other, constraint_.conrelid AS own, constraint_.confdeltype AS deleted, constraint_.confupdtype AS updated
  FROM pg_constraint AS constraint_
 WHERE constraint_.contype = 'f' AND (constraint_.confdeltype IN ('c', 'n', 'd') OR constraint_.confupdtype IN ('c', 'n', 'd'))
