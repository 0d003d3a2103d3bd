// What weft audit has found, and the ways to write it down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "explore/confident.hpp"
#include "explore/copies.hpp"
#include "explore/oddities.hpp"
#include "weft/data.hpp"

namespace weft::cli {

// Pictures are numbered on through the parts train, val and test, as PictureRows has them.
struct Findings {
  const Dataset& data;
  std::size_t folds = 0;
  Tensor probabilities = {};            // f32 {training pictures, classes}: out of fold
  LabelErrors labels = {};              // of the training part
  double agreement = 0;                 // share of its labels that were the most probable class
  std::vector<Copy> copies = {};        // by their second
  std::vector<Defect> defects = {};     // of each picture
  std::vector<std::uint32_t> far = {};  // from all others, the farthest first
  std::vector<std::uint32_t> undecided = {};  // of the training part, the least decided first

  std::size_t train_size() const { return data.train.size(); }
  const std::string& class_of(Label label) const { return data.class_names.at(label); }
};

struct PlaceInData {
  const char* part;  // "train", "val", "test"
  const LabelledImages& rows;
  std::uint32_t index;  // in the part
};
PlaceInData place_of(const Dataset& data, std::uint32_t picture);

// `index,given,suggested,score` of the training pictures, the most suspect first, and behind these
// `suspect` (1: confidently of another class), `probability` of the suggested class, and `file` of
// photos. Files here are written whole or not at all; "-" is standard output.
void write_suspects(const std::string& file, const Findings& findings);

// `index,given` and a column a class: the probabilities from networks that had not seen the
// picture.
void write_probabilities(const std::string& file, const Findings& findings);

// What might be done about it: labels that are wrong beyond reasonable doubt are changed; pictures
// of one colour or cut off, copies of val or test pictures, and all but one of the copies within
// the training part are left out, of two with different labels the one whose label fits worse.
struct Proposal {
  std::uint32_t index;
  bool left_out;
  std::string why;
};
std::vector<Proposal> propose_fixes(const Findings& findings);  // by index

// As parse_fixes reads it.
void write_fixes(const std::string& file, const Findings& findings,
                 const std::vector<Proposal>& proposals);

// A contact sheet: a page of its own, with the pictures.
std::string audit_page(const Findings& findings);

}  // namespace weft::cli
