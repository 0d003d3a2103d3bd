#include "cli/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/console.hpp"
#include "cli/load.hpp"
#include "model/json.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

std::vector<std::uint32_t> all_of(std::size_t rows) {
  std::vector<std::uint32_t> index(rows);
  std::iota(index.begin(), index.end(), std::uint32_t{0});
  return index;
}

Part whole_part(std::string name, std::string why, LabelledImages rows) {
  std::vector<std::uint32_t> index = all_of(rows.size());
  return {std::move(name), std::move(why), std::move(rows), std::move(index)};
}

// gather() of the library, for rows that need not have labels.
Part picked_part(std::string name, std::string why, const LabelledImages& from,
                 std::vector<std::uint32_t> index) {
  LabelledImages rows{gather_rows(from.images, index), {}};
  if (!from.labels.empty()) {
    for (const std::uint32_t row : index) rows.labels.push_back(from.labels[row]);
  }
  if (!from.files.empty()) {
    for (const std::uint32_t row : index) rows.files.push_back(from.files[row]);
  }
  return {std::move(name), std::move(why), std::move(rows), std::move(index)};
}

// Every part one after another; those without labels leave the whole without.
LabelledImages joined(const std::vector<const LabelledImages*>& parts) {
  Shape shape;
  std::size_t rows = 0, labels = 0;
  for (const LabelledImages* part : parts) {
    if (part->size() > 0) shape = part->images.shape();
    rows += part->size();
    labels += part->labels.size();
  }
  if (rows == 0) return {};
  LabelledImages all{Tensor(DataType::u8, {rows, shape[1], shape[2], shape[3]}), {}};
  auto to = all.images.as<std::uint8_t>().begin();
  for (const LabelledImages* part : parts) {
    if (part->size() == 0) continue;
    to = std::ranges::copy(part->images.as<std::uint8_t>(), to).out;
    all.files.insert(all.files.end(), part->files.begin(), part->files.end());
    if (labels == rows) {
      all.labels.insert(all.labels.end(), part->labels.begin(), part->labels.end());
    }
  }
  return all;
}

std::string parts_of(const Dataset& data) {
  if (data.whole) return "no parts";
  std::string names;
  for (const auto& [name, part] :
       {std::pair{"train", &data.train}, {"val", &data.val}, {"test", &data.test}}) {
    if (part->size() > 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return "the parts " + names;
}

[[noreturn]] void fail_missing(const Dataset& data, const std::string& split,
                               const std::string& why) {
  throw Error(ErrorCode::bad_input,
              fmt::format("split: {} has no {} part: {}", data.source, split, why));
}

// The rows that training held out of the data's training part, and the others.
class HeldOut {
 public:
  HeldOut(const LabelledImages& train, const std::optional<TrainedOn>& trained)
      : train_(train), trained_(trained) {
    if (trained && train.size() > 0 && train.labels.size() == train.size()) {
      digest_ = digest(train);
    }
  }

  bool same_data() const { return trained_ && digest_ == trained_->digest; }
  bool known() const {
    return same_data() && trained_->val_size > 0 && trained_->val_size < train_.size();
  }
  Split split() const {
    return stratified_split(train_.labels, trained_->val_size, trained_->seed);
  }
  // Training saw some of these pictures otherwise.
  std::string note() const {
    return trained_->fixed ? ", with the data's own labels, not those of the fixes" : "";
  }
  // Why the model's own validation part cannot be told.
  std::string why_not() const {
    if (!trained_) return "the model's file does not say what it was trained on";
    if (digest_.empty()) return "it has no labelled training part";
    if (!same_data()) {
      return fmt::format("the model was trained on other data (digest {}..., not {}...)",
                         trained_->digest.substr(0, 12), digest_.substr(0, 12));
    }
    return "the model was trained with nothing held out";
  }

 private:
  const LabelledImages& train_;
  const std::optional<TrainedOn>& trained_;
  std::string digest_;
};

Part take_val(Dataset& data, const HeldOut& held_out) {
  if (data.val.size() > 0) {
    return whole_part("val", fmt::format("the val part of {}", data.name), std::move(data.val));
  }
  if (!held_out.known()) fail_missing(data, "val", held_out.why_not());
  return picked_part("val",
                     fmt::format("what training held out of {}{}", data.name, held_out.note()),
                     data.train, held_out.split().held_out);
}

Part take_train(Dataset& data, const HeldOut& held_out) {
  if (data.val.size() == 0 && held_out.known()) {
    return picked_part("train",
                       fmt::format("what the model was trained on, without the {} held out{}",
                                   pictures(held_out.split().held_out.size()), held_out.note()),
                       data.train, held_out.split().train);
  }
  if (data.whole && !held_out.same_data()) fail_missing(data, "train", held_out.why_not());
  if (data.train.size() == 0) fail_missing(data, "train", "it has " + parts_of(data));
  return whole_part("train", fmt::format("the training part of {}", data.name),
                    std::move(data.train));
}

Part take_all(Dataset& data) {
  if (data.whole) {
    return whole_part("all", fmt::format("all of {}", data.name), std::move(data.train));
  }
  return whole_part("all", fmt::format("all of {}: its parts one after another", data.name),
                    joined({&data.train, &data.val, &data.test}));
}

Part take_by_rule(Dataset& data, const HeldOut& held_out) {
  if (data.val.size() > 0 || held_out.known()) {
    Part part = take_val(data, held_out);
    part.why += ", as it has no test part";
    return part;
  }
  return take_all(data);
}

// The test part alone where there is one, which spares reading the larger training part.
Dataset load_by_rule(const std::string& where, LoadOptions options) {
  options.test = true;
  try {
    Dataset data = load(where, options);
    if (data.test.size() > 0 || data.whole) return data;
  } catch (const Error& error) {
    // No test part, or a broken one, of which reading everything complains again.
    if (error.code() != ErrorCode::bad_input) throw;
  }
  options.train = options.val = true;
  return load(where, options);
}

void check_size(const Dataset& data, const Part& part, const Model& model) {
  const Shape& all = part.rows.images.shape();
  const Shape each{all[1], all[2], all[3]};
  if (each != model.input) {
    throw Error(ErrorCode::bad_input,
                fmt::format("data: the pictures of {} are {} (channels x height x width), but the "
                            "model takes {}: give it data like that it was trained on",
                            data.source, each.text(), model.input.text()));
  }
}

// All of a data set but its pictures.
Dataset names_of(const Dataset& data) {
  Dataset names;
  names.name = data.name;
  names.format = data.format;
  names.source = data.source;
  names.class_names = data.class_names;
  names.numbered = data.numbered;
  names.whole = data.whole;
  return names;
}

void check_not_empty(const Part& part, const std::string& where) {
  if (part.rows.size() > 0) return;
  throw Error(ErrorCode::bad_input, fmt::format("data: {} holds no pictures", where));
}

LoadedPart load_any_part(const std::string& where, const std::string& split, LoadOptions options,
                         const std::optional<TrainedOn>& trained) {
  options.train = options.val = split == "train" || split == "val" || split == "all";
  options.test = split == "test" || split == "all";
  Dataset data = split.empty() ? load_by_rule(where, options) : load(where, options);
  Dataset names = names_of(data);
  LoadedPart loaded{std::move(names), take_part(std::move(data), split, trained)};
  check_not_empty(loaded.part, where);
  if (split.empty() || split == "val" || split == "train") {
    say(fmt::format("{}: {}{}", loaded.part.why, pictures(loaded.part.rows.size()),
                    split.empty() ? " (--split chooses another part)" : ""));
  }
  return loaded;
}

}  // namespace

std::optional<TrainedOn> trained_on(const Model& model) {
  const auto training = parse_json(model.training);
  if (!training || !training->is_object()) return std::nullopt;
  const auto text = training->find("data_digest");
  const auto size = training->find("val_size"), seed = training->find("seed");
  const auto end = training->end();
  if (text == end || size == end || seed == end || !text->is_string() ||
      !size->is_number_unsigned() || !seed->is_number_unsigned()) {
    return std::nullopt;
  }
  // A val part that the data brought was not held out of its training part; of one that was, fixes
  // may have left some out.
  const auto drawn = training->find("held_out");
  std::size_t held_out = training->contains("val_digest") ? 0 : size->get<std::size_t>();
  if (drawn != end && drawn->is_number_unsigned()) held_out = drawn->get<std::size_t>();
  return TrainedOn{text->get<std::string>(), held_out, seed->get<std::uint64_t>(),
                   training->contains("fixes")};
}

Part take_part(Dataset data, const std::string& split, const std::optional<TrainedOn>& trained) {
  if (split == "all") return take_all(data);
  if (data.test.size() > 0 && (split.empty() || split == "test")) {
    return whole_part("test", fmt::format("the test part of {}", data.name), std::move(data.test));
  }
  if (split == "test") fail_missing(data, "test", "it has " + parts_of(data));
  const HeldOut held_out(data.train, trained);
  if (split == "val") return take_val(data, held_out);
  if (split == "train") return take_train(data, held_out);
  return take_by_rule(data, held_out);
}

LoadedPart load_part(const std::string& where, const std::string& split, LoadOptions options,
                     const Model& model) {
  options.like = model.input;
  LoadedPart loaded = load_any_part(where, split, std::move(options), trained_on(model));
  check_size(loaded.data, loaded.part, model);
  return loaded;
}

LoadedPart load_part(const std::string& where, const std::string& split, LoadOptions options) {
  return load_any_part(where, split, std::move(options), std::nullopt);
}

KnownParts load_known_parts(const std::string& where, LoadOptions options, const Model& model) {
  options.like = model.input;
  options.train = options.val = true;
  options.test = false;
  Dataset data = load(where, options);
  const std::optional<TrainedOn> trained = trained_on(model);
  const HeldOut held_out(data.train, trained);
  KnownParts known{names_of(data), {}, {}};
  // In this order: with a val part of its own the whole training part is moved out of the data.
  known.train = take_train(data, held_out);
  known.val = take_val(data, held_out);
  for (const Part* part : {&known.val, &known.train}) {
    check_not_empty(*part, where);
    check_size(known.data, *part, model);
  }
  return known;
}

}  // namespace weft::cli
