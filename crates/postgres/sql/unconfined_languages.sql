-- Languages that can do what the server's account can, and that somebody marked as trusted: routines in them may be made by
-- whoever has USAGE, which is everybody unless it was revoked.
SELECT lanname::text AS name
  FROM pg_language
 WHERE lanpltrusted
   AND lanname IN ('c', 'internal', 'plperlu', 'plpythonu', 'plpython2u', 'plpython3u', 'pltclu', 'plsh', 'pljavau', 'plru')
