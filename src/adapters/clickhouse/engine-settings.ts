/**
 * The settings that the guarantees rest on. They are stated with every connection, because the
 * defaults differ between releases and a profile may hold others, and read back at start-up
 * (`safety.ts`): a server that pins another value is refused.
 */

export type EngineSettings = Readonly<Record<string, string | number>>

/** An answer is whole or an error: a limit of the server's must never cut rows off in silence. */
const WHOLE_ANSWERS = {
  read_overflow_mode: 'throw',
  read_overflow_mode_leaf: 'throw',
  group_by_overflow_mode: 'throw',
  sort_overflow_mode: 'throw',
  distinct_overflow_mode: 'throw',
  set_overflow_mode: 'throw',
  join_overflow_mode: 'throw',
  transfer_overflow_mode: 'throw',
  result_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  timeout_overflow_mode_leaf: 'throw',
  limit: 0,
  offset: 0,
  use_query_cache: 0,
  skip_unavailable_shards: 0,
} satisfies EngineSettings

/** An insert returns once its rows are stored, takes all of them or none, and drops no copy. */
const WHOLE_INSERTS = {
  async_insert: 0,
  // A block that equals an earlier one is no duplicate: identity is the key of the table.
  insert_deduplicate: 0,
  input_format_allow_errors_num: 0,
  input_format_allow_errors_ratio: 0,
  // A column that a row lacks goes as null and takes the default of the table.
  input_format_null_as_default: 1,
  max_insert_block_size: '1048576',
} satisfies EngineSettings

/** What the words of a statement mean. */
const MEANING = {
  join_use_nulls: 0,
  group_by_use_nulls: 0,
  transform_null_in: 0,
  aggregate_functions_null_for_empty: 0,
  prefer_column_name_to_alias: 0,
  session_timezone: '',
  date_time_input_format: 'best_effort',
  // Numbers must be the same double whichever way they come in.
  precise_float_parsing: 1,
  // Versions of one identity have one hour, so no partition knows of another's.
  do_not_merge_across_partitions_select_final: 1,
  output_format_json_quote_64bit_integers: 1,
  // JSON has no NaN; a number that is none must surface as null, never as a quoted word.
  output_format_json_quote_denormals: 0,
} satisfies EngineSettings

export const SETTINGS: EngineSettings = {
  ...WHOLE_ANSWERS,
  ...WHOLE_INSERTS,
  ...MEANING,
  max_execution_time: 240,
}

/**
 * Asked for, and not read back: no number rests on them. Statements of a tick run for tenths of a
 * second, most of it planning. The fourth of each stood still for two seconds while the engine
 * compiled it, and was no faster for it.
 */
export const SPEED_SETTINGS: EngineSettings = {
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  // Rewrites that look at every pair of expressions and find nothing in our statements.
  optimize_and_compare_chain: 0,
  optimize_syntax_fuse_functions: 0,
  optimize_aggregators_of_group_by_keys: 0,
  optimize_group_by_function_keys: 0,
  optimize_extract_common_expressions: 0,
  // Of a read with final, only conditions on the key are moved: what they leave out is never read.
  optimize_move_to_prewhere_if_final: 1,
}

/** Settings of HTTP alone; the embedded engine does not know them, and there is nothing to assert. */
export const HTTP_SETTINGS: EngineSettings = {
  // The answer starts once it is whole: an error half-way would otherwise follow a 200.
  wait_end_of_query: 1,
  send_progress_in_http_headers: 1,
  http_headers_progress_interval_ms: '20000',
}

/** Besides, where tables are spread over shards and replicas. */
export const CLUSTER_SETTINGS: EngineSettings = {
  // Acknowledged is what a majority has; of the two replicas of a shard that is both, so whichever
  // answers a later read has it (`cluster.ts` refuses a third).
  insert_quorum: 'auto',
  insert_quorum_parallel: 1,
  // The insert returns when the shards have the rows, not when the first node has queued them.
  distributed_foreground_insert: 1,
  // A statement computes on one node: run shard by shard, its joins would see a part of their rows.
  parallel_distributed_insert_select: 0,
  // A list that a statement looks up in is made once and sent along, not made anew by each shard
  // from what its own replica of a table holds by then.
  prefer_global_in_and_join: 1,
  distributed_product_mode: 'global',
  // A table that was dropped leaves Keeper at once, so that its name can be made again.
  database_atomic_wait_for_drop_and_detach_synchronously: 1,
}
