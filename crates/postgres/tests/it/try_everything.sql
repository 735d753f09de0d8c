-- Tries every statement as every role that the session may become, and undoes each. What can be prepared is prepared as one
-- role and carried out as another, in every combination. Says `t` or `f` for each statement, in their order.
DO $try$
DECLARE
  roles text[] := :roles;
  statements text[] := :statements;
  prepares bool[] := :prepares;
  reached text[] := '{}';
  first text;
  second text;
  done bool;
  said text := '';
BEGIN
  FOREACH first IN ARRAY roles LOOP
    BEGIN
      EXECUTE format('SET ROLE %I', first);
      reached := reached || first;
      EXECUTE 'RESET ROLE';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR at IN 1 .. array_length(statements, 1) LOOP
    done := false;
    FOREACH first IN ARRAY reached LOOP
      EXIT WHEN done;
      IF NOT prepares[at] THEN
        BEGIN
          EXECUTE format('SET ROLE %I', first);
          EXECUTE statements[at];
          RAISE EXCEPTION 'undo';
        EXCEPTION
          WHEN insufficient_privilege OR division_by_zero THEN NULL;
          WHEN OTHERS THEN done := true;
        END;
        CONTINUE;
      END IF;
      BEGIN
        EXECUTE format('SET ROLE %I', first);
        EXECUTE 'PREPARE tried AS ' || statements[at];
        EXECUTE 'RESET ROLE';
      EXCEPTION WHEN insufficient_privilege THEN CONTINUE;
      END;
      FOREACH second IN ARRAY reached LOOP
        EXIT WHEN done;
        BEGIN
          EXECUTE format('SET ROLE %I', second);
          EXECUTE 'EXECUTE tried';
          RAISE EXCEPTION 'undo';
        EXCEPTION
          WHEN insufficient_privilege OR division_by_zero THEN NULL;
          WHEN OTHERS THEN done := true;
        END;
      END LOOP;
      EXECUTE 'DEALLOCATE tried';
    END LOOP;
    said := said || CASE WHEN done THEN 't' ELSE 'f' END;
  END LOOP;
  PERFORM set_config('tried.said', said, false);
END
$try$;
SELECT current_setting('tried.said');
