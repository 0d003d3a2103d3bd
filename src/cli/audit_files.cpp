#include <fmt/format.h>

#include <iterator>
#include <map>

#include "cli/audit_findings.hpp"
#include "cli/sink.hpp"
#include "cli/text.hpp"
#include "data/fixes.hpp"

namespace weft::cli {
namespace {

// Below this a label is changed: the suggested class is more probable by four fifths.
constexpr double kSure = 0.1;

}  // namespace

PlaceInData place_of(const Dataset& data, std::uint32_t picture) {
  const auto train = static_cast<std::uint32_t>(data.train.size());
  const auto val = static_cast<std::uint32_t>(data.val.size());
  if (picture < train) return {"train", data.train, picture};
  if (picture < train + val) return {"val", data.val, picture - train};
  return {"test", data.test, picture - train - val};
}

void write_suspects(const std::string& file, const Findings& findings) {
  const LabelledImages& train = findings.data.train;
  const LabelErrors& labels = findings.labels;
  const std::size_t classes = findings.data.class_names.size();
  Sink sink(file);
  std::string text = "index,given,suggested,score,suspect,probability";
  text += train.files.empty() ? "\n" : ",file\n";
  for (const std::uint32_t i : labels.order) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{:.6f},{},{}", i,
                   csv_field(findings.class_of(train.labels[i])),
                   csv_field(findings.class_of(labels.suggested[i])), labels.score[i],
                   labels.suspect[i] ? 1 : 0,
                   findings.probabilities.as<float>()[i * classes + labels.suggested[i]]);
    if (!train.files.empty()) text += "," + csv_field(valid_utf8(train.files[i]));
    text += '\n';
  }
  sink.write(text);
  sink.commit();
}

void write_probabilities(const std::string& file, const Findings& findings) {
  const std::size_t classes = findings.data.class_names.size();
  Sink sink(file);
  std::string text = "index,given";
  for (const std::string& name : findings.data.class_names) text += "," + csv_field(name);
  text += '\n';
  const auto probabilities = findings.probabilities.as<float>();
  for (std::size_t i = 0; i < findings.train_size(); ++i) {
    text += fmt::format("{},{}", i, csv_field(findings.class_of(findings.data.train.labels[i])));
    for (const float p : probabilities.subspan(i * classes, classes)) {
      fmt::format_to(std::back_inserter(text), ",{}", p);
    }
    text += '\n';
  }
  sink.write(text);
  sink.commit();
}

std::vector<Proposal> propose_fixes(const Findings& findings) {
  const LabelledImages& train = findings.data.train;
  const LabelErrors& labels = findings.labels;
  const auto count = static_cast<std::uint32_t>(train.size());
  std::map<std::uint32_t, Proposal> proposals;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (labels.suspect[i] && labels.score[i] <= kSure) proposals[i] = {i, false, "label"};
  }
  const auto leave_out = [&](std::uint32_t i, std::string why) {
    proposals[i] = {i, true, std::move(why)};
  };
  for (const Copy& copy : findings.copies) {
    const auto& [first, second, exact, likeness] = copy;
    if (first >= count) continue;
    const PlaceInData other = place_of(findings.data, second);
    if (second >= count) {
      leave_out(first, fmt::format("also {} {}", other.part, other.index));
      continue;
    }
    const bool better =
        train.labels[first] != train.labels[second] && labels.score[second] > labels.score[first];
    leave_out(better ? first : second, fmt::format("also {}", better ? second : first));
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (findings.defects[i] != Defect::none) leave_out(i, name_of(findings.defects[i]));
  }
  std::vector<Proposal> list;
  for (auto& [index, proposal] : proposals) list.push_back(std::move(proposal));
  return list;
}

void write_fixes(const std::string& file, const Findings& findings,
                 const std::vector<Proposal>& proposals) {
  const LabelledImages& train = findings.data.train;
  Sink sink(file);
  std::string text = fmt::format("# data {}\nindex,label,given,why{}\n", fixes_digest(train),
                                 train.files.empty() ? "" : ",file");
  for (const Proposal& proposal : proposals) {
    const std::uint32_t i = proposal.index;
    const std::string label =
        proposal.left_out ? "" : csv_field(findings.class_of(findings.labels.suggested[i]));
    text += fmt::format("{},{},{},{}", i, label, csv_field(findings.class_of(train.labels[i])),
                        proposal.why);
    if (!train.files.empty()) text += "," + csv_field(valid_utf8(train.files[i]));
    text += '\n';
  }
  sink.write(text);
  sink.commit();
}

}  // namespace weft::cli
