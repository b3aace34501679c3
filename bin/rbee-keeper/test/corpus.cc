#include "test/corpus.h"

#include <array>

namespace rbee::keeper {
namespace {

constexpr std::array<std::string_view, 8> kRoundTripTexts = {
    "The hive hums at dawn.",
    "Twelve bees carried 3,141.59 grams of pollen over 27 km (16.8 mi)!",
    "for (int i = 0; i < n; ++i) {\n\tsum += a[i] * b[i];  // dot product\n}\n",
    "{\"name\": \"honey\", \"price\": -4.5e-3, \"tags\": [\"raw\", null]}",
    "Größe, naïveté, smörgåsbord, señor, œuvre",
    "蜂蜜は甘い。벌은 부지런하다. Пчела жужжит. النحل مفيد",
    "spaces  two   three    four\tand a tab",
    "🐝 visits 🌼🌻 at 6 o'clock; don't wake her.",
};

constexpr std::string_view kScoredText =
    "Once upon a time there was a little bee named Mia. Every morning she flew to the old orchard behind the mill, "
    "where the apple trees stood in bloom. \"What a lovely flower!\" said Mia, and she drank until the sun was high. "
    "The keeper wrote into his book: hive 4 weighs 31.7 kg, hive 5 weighs 28.9 kg, together 60.6 kg. "
    "The capital of Norway is Oslo. Three plus four is seven. "
    "def area(width, height):\n    if width < 0 or height < 0:\n        raise ValueError(\"negative\")\n"
    "    return width * height\n\n"
    "In the evening the others asked her where the best meadow was. She danced in a figure of eight, and each of them "
    "understood: two hundred steps towards the river, then left at the white stone. That night it rained, and nobody "
    "flew out. The next day the meadow was greener than before, and there was enough for everyone.";

constexpr std::array<std::string_view, 3> kCompanionTexts = {
    "A fox and a hare met at the river. The fox said:",
    "List of colours: red, green,",
    "The morning was cold, and the keeper had not slept well. He took his coat and",
};

}  // namespace

std::span<const std::string_view> round_trip_texts() {
  return kRoundTripTexts;
}

std::string_view scored_text() {
  return kScoredText;
}

std::span<const std::string_view> companion_texts() {
  return kCompanionTexts;
}

}  // namespace rbee::keeper
