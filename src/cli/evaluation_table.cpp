#include "cli/evaluation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "cli/console.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

// Columns of the four numbers of a class.
struct Layout {
  std::size_t name, number, support;
  int digits;
};

Layout layout_for(const std::vector<std::string>& names, std::size_t columns) {
  Layout layout = columns >= 60 ? Layout{0, 10, 9, 4} : Layout{0, 7, 7, 3};
  const std::size_t numbers = 3 * layout.number + layout.support;
  const std::size_t room = columns > numbers + 8 ? columns - numbers : 8;
  layout.name = std::min(room, std::max<std::size_t>(widest(names, 32), 16));
  return layout;
}

void print_row(const std::string& name, const ClassMetrics& m, const Layout& layout) {
  fmt::print("{}{:{}.{}f}{:{}.{}f}{:{}.{}f}{:>{}}\n", fit(name, layout.name), m.precision,
             layout.number, layout.digits, m.recall, layout.number, layout.digits, m.f1,
             layout.number, layout.digits, m.support, layout.support);
}

void print_classes(const Metrics& m, const std::vector<std::string>& names, std::size_t columns) {
  const Layout layout = layout_for(names, columns);
  const bool wide = layout.number >= 10;
  fmt::print("{:{}}{:>{}}{:>{}}{:>{}}{:>{}}\n", "", layout.name, wide ? "precision" : "prec.",
             layout.number, "recall", layout.number, "f1", layout.number,
             wide ? "support" : "count", layout.support);
  for (std::size_t c = 0; c < names.size(); ++c) print_row(names[c], m.per_class[c], layout);
  print_row("macro average", m.macro_average, layout);
  print_row("weighted average", m.weighted_average, layout);
}

// A confusion matrix's columns: as wide as the widest count and a space, wider where there is room.
struct MatrixLayout {
  std::size_t name, cell;
};

MatrixLayout matrix_layout(const Metrics& m, const std::vector<std::string>& names,
                           std::size_t columns) {
  std::size_t most = 0;
  for (const auto& row : m.confusion_matrix) most = std::max(most, std::ranges::max(row));
  const std::size_t least = std::max(fmt::formatted_size("{}", most) + 1, std::size_t{4});
  const std::size_t name = widest(names, std::max<std::size_t>(columns / 5, 8));
  if (name + least * names.size() > columns) return {name, 0};  // it does not fit
  return {name, std::min<std::size_t>((columns - name) / names.size(), 10)};
}

// Names cut to the cell; the classes' numbers where two would look the same.
std::vector<std::string> matrix_header(const std::vector<std::string>& names, std::size_t cell) {
  std::vector<std::string> header;
  std::set<std::string> different;
  for (const std::string& name : names) {
    header.push_back(beginning(name, cell - 1));
    different.insert(header.back());
  }
  if (different.size() == names.size()) return header;
  for (std::size_t c = 0; c < names.size(); ++c) header[c] = fmt::format("{}", c);
  return header;
}

void print_matrix(const Metrics& m, const std::vector<std::string>& names,
                  const MatrixLayout& layout) {
  const Colours colour = output_colours();
  const std::vector<std::string> header = matrix_header(names, layout.cell);
  fmt::print("\nconfusion matrix (rows: true class, columns: answer)\n{:{}}", "", layout.name);
  for (const std::string& name : header) fmt::print("{}", fit_right(name, layout.cell));
  fmt::print("\n");
  for (std::size_t c = 0; c < names.size(); ++c) {
    fmt::print("{}", fit(names[c], layout.name));
    for (std::size_t answer = 0; answer < names.size(); ++answer) {
      const std::size_t count = m.confusion_matrix[c][answer];
      const std::string text = count == 0 ? "." : fmt::format("{}", count);
      fmt::print("{}{:>{}}{}", answer == c ? colour.bold : "", text, layout.cell,
                 answer == c ? colour.reset : "");
    }
    fmt::print("\n");
  }
}

struct Confusion {
  std::size_t count, truth, answer;
};

std::vector<Confusion> confusions(const Metrics& m) {
  std::vector<Confusion> all;
  for (std::size_t truth = 0; truth < m.confusion_matrix.size(); ++truth) {
    for (std::size_t answer = 0; answer < m.confusion_matrix.size(); ++answer) {
      const std::size_t count = m.confusion_matrix[truth][answer];
      if (truth != answer && count > 0) all.push_back({count, truth, answer});
    }
  }
  std::ranges::stable_sort(all, std::greater{}, &Confusion::count);
  return all;
}

void print_confusions(const Metrics& m, const std::vector<std::string>& names,
                      std::size_t columns) {
  constexpr std::size_t kShown = 15, kCount = 7;
  const std::vector<Confusion> all = confusions(m);
  if (all.empty()) return;
  const std::size_t name = widest(names, columns > 30 ? (columns - kCount - 6) / 2 : 12);
  fmt::print("\nmost frequent confusions (true class -> answer; --json has the whole matrix)\n");
  for (std::size_t i = 0; i < std::min(kShown, all.size()); ++i) {
    fmt::print("{:>{}}  {} -> {}\n", all[i].count, kCount, fit(names[all[i].truth], name),
               cut(names[all[i].answer], name));
  }
}

}  // namespace

void print_evaluation(const Metrics& m, const std::vector<std::string>& names,
                      std::size_t columns) {
  const Colours colour = output_colours();
  const char* then = columns >= 76 ? ", " : "\n";
  fmt::print("accuracy {}{}{} of {} pictures{}95 % interval {:.2f} to {:.2f} %\n", colour.bold,
             percent(m.accuracy), colour.reset, thousands(static_cast<double>(m.n)), then,
             100 * m.accuracy_interval.low, 100 * m.accuracy_interval.high);
  if (names.size() > 3) {
    fmt::print("among the first three answers: {}\n", percent(m.top3_accuracy));
  }
  const char* gap = columns >= 76 ? "   " : "\n";
  fmt::print("log loss {:.4f}{}Brier score {:.4f}{}calibration error {}\n\n", m.log_loss, gap,
             m.brier_score, gap, percent(m.calibration_error));
  print_classes(m, names, columns);
  const MatrixLayout layout = matrix_layout(m, names, columns);
  if (layout.cell > 0) {
    print_matrix(m, names, layout);
  } else {
    print_confusions(m, names, columns);
  }
}

void print_sets(const SetMetrics& m, double asked, const std::vector<std::string>& names,
                std::size_t columns) {
  const char* then = columns >= 76 ? ", " : "\n";
  fmt::print("\nsets asked to cover {:g} %: {} covered{}95 % interval {:.2f} to {:.2f} %\n",
             100 * asked, percent(m.coverage), then, 100 * m.coverage_interval.low,
             100 * m.coverage_interval.high);
  fmt::print("{:.2f} classes in a set{}{} of the sets are one class alone\n", m.mean_size, then,
             percent(m.alone));
  const std::size_t name = std::max<std::size_t>(widest(names, columns / 2), 16);
  for (std::size_t c = 0; c < names.size(); ++c) {
    fmt::print("{}{:>10}\n", fit(names[c], name), percent(m.per_class[c]));
  }
}

}  // namespace weft::cli
