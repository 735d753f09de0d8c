-- Columns to which a foreign key of another table can point, one of each table, with the type that is compared. From 18 on both sides
-- have to have a collation or none, and nobody but a superuser makes a type with one.
SELECT DISTINCT ON (key.indrelid) key.indrelid AS relation, own.attname::text AS name, format_type(class.opcintype, NULL) AS type
  FROM pg_index AS key
  JOIN pg_attribute AS own ON own.attrelid = key.indrelid AND own.attnum = key.indkey[0]
  JOIN pg_opclass AS class ON class.oid = key.indclass[0]
  JOIN pg_type AS type ON type.oid = class.opcintype AND type.typtype <> 'p'
 WHERE key.indisunique AND key.indimmediate AND key.indisvalid AND key.indnkeyatts = 1 AND key.indpred IS NULL
   AND key.indexprs IS NULL AND key.indrelid >= 16384
   AND (type.typcollation = 0 OR current_setting('server_version_num')::int < 180000)
 ORDER BY key.indrelid, key.indisprimary DESC, key.indexrelid
