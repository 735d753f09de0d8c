-- Tries every statement after up to two steps, and prints the name of what each success comes to. Each try is undone by the error
-- that ends it.
DO $try$
DECLARE
  steps text[] := ARRAY[{steps}];
  ends text[] := ARRAY[{ends}];
  names text[] := ARRAY[{names}];
  done text[] := ARRAY[]::text[];
BEGIN
  FOR one IN 1 .. cardinality(steps) LOOP
    FOR two IN 1 .. cardinality(steps) LOOP
      BEGIN
        EXECUTE steps[one];
        EXECUTE steps[two];
        FOR at IN 1 .. cardinality(ends) LOOP
          CONTINUE WHEN names[at] = ANY (done);
          BEGIN
            EXECUTE ends[at];
            done := done || names[at];
            RAISE EXCEPTION SQLSTATE 'Z0001';
          EXCEPTION
            WHEN SQLSTATE 'Z0001' THEN NULL;
            -- The row was there already, or is referred to: it was allowed.
            WHEN unique_violation OR foreign_key_violation THEN done := done || names[at];
            WHEN OTHERS THEN NULL;
          END;
        END LOOP;
        RAISE EXCEPTION SQLSTATE 'Z0001';
      EXCEPTION
        WHEN OTHERS THEN NULL;
      END;
      RESET ROLE;
    END LOOP;
  END LOOP;
  PERFORM set_config('tried.done', array_to_string(done, ';'), false);
END $try$;
SELECT unnest(string_to_array(current_setting('tried.done'), ';'));
