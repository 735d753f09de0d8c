-- Partitions and children without row security of their own, with the table above them that has it. Whoever names a partition
-- is not asked for its parent's policies. Where there are several above, the nearest.
WITH RECURSIVE above AS (
  SELECT link.inhrelid AS part, link.inhparent AS parent, 1 AS distance
    FROM pg_inherits AS link
    JOIN pg_class AS part ON part.oid = link.inhrelid AND part.relkind IN ('r', 'p', 'f')
   WHERE NOT part.relrowsecurity
   UNION
  SELECT above.part, link.inhparent, above.distance + 1
    FROM above JOIN pg_inherits AS link ON link.inhrelid = above.parent
)
SELECT DISTINCT ON (above.part) above.part, above.parent
  FROM above
  JOIN pg_class AS parent ON parent.oid = above.parent AND parent.relrowsecurity
  JOIN pg_class AS part ON part.oid = above.part AND part.relpersistence <> 't'
 ORDER BY above.part, above.distance, above.parent
