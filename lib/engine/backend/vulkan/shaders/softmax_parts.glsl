// The softmax over all positions, put together from those over parts of them, from left to right. An invocation holds
// the sums of words i * 64 + its number of a row of values: two columns each, or one in a cache of float32.
const uint kThreads = 64, kSplit = 512, kLoopsMax = 8;
layout(constant_id = 1) const uint kLoops = 8;  // words of a row / 64, rounded up

float part_top;
float part_weight;
vec2 part_sums[kLoopsMax];

float total_top = 0.0;
float total_weight = 0.0;
vec2 total_sums[kLoopsMax];

void clear_total() {
  for (uint i = 0; i < kLoops; ++i) total_sums[i] = vec2(0.0);
}

void add_part() {
  const bool is_first = total_weight == 0.0;  // a part weighs at least 1
  const float top = is_first ? part_top : max(total_top, part_top);
  const float before = is_first ? 0.0 : exp_of(total_top - top), after = exp_of(part_top - top);
  precise float weight = fma(part_weight, after, total_weight * before);
  total_weight = weight;
  for (uint i = 0; i < kLoops; ++i) {
    precise vec2 sum = fma(part_sums[i], vec2(after), total_sums[i] * before);
    total_sums[i] = sum;
  }
  total_top = top;
}
