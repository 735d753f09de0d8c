-- Aggregates that are made of routines with their owner's rights. Whoever calls the aggregate needs no right to those.
SELECT aggregate.aggfnoid::oid AS aggregate, part.oid AS routine
  FROM pg_aggregate AS aggregate
  JOIN pg_proc AS part
    ON part.prosecdef
   AND part.oid IN (aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn)
