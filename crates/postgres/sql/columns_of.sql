-- The columns of the tables asked for: $1 their schemas, $2 their names, pairwise.
SELECT asked.schema, asked.name, attribute.attname::text AS attribute
  FROM unnest($1, $2) AS asked (schema, name)
  JOIN pg_namespace AS schema ON schema.nspname = asked.schema
  JOIN pg_class AS relation ON relation.relnamespace = schema.oid AND relation.relname = asked.name
  JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
 WHERE attribute.attnum > 0 AND NOT attribute.attisdropped AND relation.relkind IN ('r', 'p', 'v', 'm', 'f')
