#pragma once
// Each op as its definition in op.h reads, on row-major float32 matrices.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/step.h"
#include "engine/graph/op.h"
#include "engine/kv/kv_layout.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine::reference {

/// A borrowed matrix [rows, columns].
struct Matrix {
  float* data = nullptr;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  float* row(std::uint32_t r) const { return data + std::size_t{r} * columns; }
};

/// float32 keys and values of one layer: [blocks * block_tokens, kv_heads * head_dim] each.
struct LayerCache {
  std::span<float> keys, values;
};

void embed(const Step& step, const Weight& table, Matrix out);
void rms_norm(Matrix x, const Weight& weight, float eps, std::uint32_t group, Matrix out);
void matmul(Matrix x, const Weight& weight, Matrix out);
void add_bias(Matrix x, const Weight& bias, Matrix out);
void rope(const Step& step, Matrix x, const Op& op, const RopeTable& table, Matrix out);
void kv_append(const Step& step, Matrix keys, Matrix values, const KvLayout& layout, LayerCache cache);
void attention(const Step& step, Matrix queries, const Op& op, const KvLayout& layout, LayerCache cache, Matrix out);
void activation_mul(ActivationKind activation, Matrix gate, Matrix up, Matrix out);
void add(Matrix x, Matrix y, Matrix out);
void scale(Matrix x, float factor, Matrix out);
void softcap(Matrix x, float cap, Matrix out);
void take_rows(const Step& step, Matrix x, Matrix out);
void slice_columns(Matrix x, std::uint32_t begin, Matrix out);

}  // namespace rbee::engine::reference
