#include "engine/backend/cpu/isa.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine::cpu {
namespace {

TEST(Isa, names_and_instruction_sets_agree) {
  for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx2Vnni, Isa::kAvx512, Isa::kAvx512Vnni, Isa::kAvx512Bf16,
                        Isa::kNeon, Isa::kNeonDotprod, Isa::kNeonI8mm}) {
    EXPECT_EQ(parse_isa(isa_name(isa)), isa);
  }
  EXPECT_EQ(parse_isa("AVX2"), std::nullopt);
  EXPECT_EQ(available_isas().front(), Isa::kPortable);
}

TEST(Isa, the_best_is_taken_unless_another_is_asked_for) {
  const std::vector<Isa> available{Isa::kPortable, Isa::kAvx2};
  EXPECT_EQ(choose_isa(std::nullopt, available), Isa::kAvx2);
  EXPECT_EQ(choose_isa(Isa::kPortable, available), Isa::kPortable);
}

TEST(Isa, every_one_is_chosen_or_refused_by_name) {
  const std::vector<Isa> usable = usable_isas();
  for (const std::string_view name : {"avx2", "avx512-vnni", "neon", "neon-dotprod", "neon-i8mm"}) {
    const Isa isa = parse_isa(name).value();
    if (std::find(usable.begin(), usable.end(), isa) != usable.end()) {
      EXPECT_EQ(choose_isa(isa, usable), isa);
      continue;
    }
    try {
      choose_isa(isa, usable);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      const std::string wanted = "does not run " + std::string(name) + "; it runs: portable";
      EXPECT_NE(std::string(error.what()).find(wanted), std::string::npos) << error.what();
    }
  }
}

TEST(Isa, one_that_the_machine_lacks_is_refused_with_those_that_it_has) {
  try {
    choose_isa(Isa::kAvx512Vnni, {Isa::kPortable, Isa::kAvx2});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
    const std::string what = error.what();
    EXPECT_NE(what.find("does not run avx512-vnni; it runs: portable, avx2"), std::string::npos) << what;
  }
}

}  // namespace
}  // namespace rbee::engine::cpu
