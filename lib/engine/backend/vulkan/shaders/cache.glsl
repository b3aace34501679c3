// Where keys and values lie: [blocks][kv_heads][block_tokens][head_dim padded to 8] in the cache's type.
const uint kF32 = 0, kF16 = 1, kBF16 = 2;  // CacheType in kv_cache.h

// The row of a sequence's position and head, counted in rows of head_dim.
uint cache_row(uint table_begin, uint position, uint head, uint kv_heads, uint block_tokens) {
  const uint block = step_entry(kBlockTables, table_begin + position / block_tokens);
  return (block * kv_heads + head) * block_tokens + position % block_tokens;
}
