#pragma once
// The types that keys and values can be kept in.

#include <optional>
#include <span>
#include <string_view>

#include "formats/dtype.h"

namespace rbee::engine {

/// All of them: kF32, kF16, kBF16, kQ8_0. A backend may have fewer: Backend::supports() of its kKvAppend.
/// kQ8_0: a head's row in blocks of 32 values (the last may be shorter), each with a scale: its largest magnitude
/// divided by 127 as float16; the values are rounded to whole multiples of it.
std::span<const formats::DType> kv_dtypes();

/// "f32", "f16", "bf16" or "q8_0", as users write it.
std::string_view kv_dtype_name(formats::DType dtype);

/// Nothing for other names.
std::optional<formats::DType> parse_kv_dtype(std::string_view name);

}  // namespace rbee::engine
