#include <fmt/format.h>

#include "base/version.hpp"
#include "cli/describe.hpp"

namespace weft::cli {
namespace {

// Text as troff prints it: no character is taken for a request, and a minus is one that can be
// copied.
std::string escaped(const std::string& text) {
  std::string result;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    line_begins = c == '\n';
  }
  return result;
}

std::string option_entry(const OptionFacts& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += (names.empty() ? "\\fB" : ", \\fB") + escaped(name) + "\\fR";
  }
  if (names.empty()) {
    names = "\\fI" + escaped(option.name) + "\\fR";
  } else if (!option.value.empty()) {
    names += " \\fI" + escaped(value_text(option)) + "\\fR";
  }
  std::string text = fmt::format(".TP\n{}\n{}", names, escaped(option.description));
  if (!option.standard.empty()) text += " (default: " + escaped(option.standard) + ")";
  return text + "\n";
}

std::string usage(const CLI::App& command, const std::string& name) {
  std::string text = "\\fB" + escaped(name) + "\\fR";
  if (!commands_of(command).empty()) text += " [\\fIcommand\\fR]";
  for (const OptionFacts& option : options_of(command)) {
    if (option.names.empty()) {
      text += " \\fI" + escaped(option.name) + "\\fR";
    } else if (option.required) {
      text += fmt::format(" \\fB{}\\fR \\fI{}\\fR", escaped(option.names.back()),
                          escaped(value_text(option)));
    }
  }
  return text + " [\\fIoptions\\fR]\n";
}

// What stands below "Examples:" in the help.
std::string examples(const CLI::App& command) {
  constexpr std::string_view kHeading = "Examples:\n";
  const std::string footer = command.get_footer();
  const std::size_t begin = footer.find(kHeading);
  if (begin == footer.npos) return "";
  return ".PP\n.nf\n" + escaped(footer.substr(begin + kHeading.size())) + "\n.fi\n";
}

void describe_command(const CLI::App& command, const std::string& name, std::string& text) {
  text += fmt::format(".SS {}\n{}.\n.PP\n{}", escaped(name), escaped(command.get_description()),
                      usage(command, name));
  for (const OptionFacts& option : options_of(command)) {
    if (option.names.empty() || option.names.back() != "--help") text += option_entry(option);
  }
  text += examples(command);
  for (const CLI::App* inner : commands_of(command)) {
    describe_command(*inner, name + " " + inner->get_name(), text);
  }
}

constexpr const char* kEnding = R"(.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
failed: the machine or the run
.TP
.B 2
wrong usage
.TP
.B 3
bad input: a data set or a model that is not what it should be
.SH ENVIRONMENT
.TP
.B WEFT_DATA
a folder in which Fashion\-MNIST is looked for first
.TP
.B WEFT_CACHE
where downloads are kept, instead of
.I $XDG_CACHE_HOME/weft
or
.I ~/.cache/weft
.TP
.B WEFT_KERNELS
.I reference
forces the kernels that are plain loops
.TP
.B WEFT_MAX_ISA
the widest vector instructions to use, as
.I SSE4
.TP
.B NO_COLOR
no colours, if it is set to anything
.SH FILES
A training run leaves a folder: \fImodel.safetensors\fR, all that predicting needs; \fIhistory.csv\fR,
a line an epoch; \fIconfig.json\fR, what was asked for, which \fB\-\-config\fR takes; \fIrun.json\fR, all
settings; \fIcheckpoint.safetensors\fR, what \fB\-\-resume\fR goes on from.
)";

}  // namespace

std::string manual_page(const CLI::App& program) {
  const std::string& name = program.get_name();
  std::string text = fmt::format(
      ".TH WEFT 1 \"\" \"{0} {1}\"\n.SH NAME\n{0} \\- image classifiers\n.SH SYNOPSIS\n\\fB{0}\\fR "
      "\\fIcommand\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n{2}\n.PP\nWith \\fB\\-\\-json\\fR a "
      "command prints one JSON document on standard output and nothing else there; messages go to "
      "standard error. \\fB{0}\\fR \\fIcommand\\fR \\fB\\-\\-help\\fR explains a command.\n",
      name, version(), escaped(program.get_description()));
  text += ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(program)) {
    describe_command(*command, name + " " + command->get_name(), text);
  }
  return text + kEnding;
}

}  // namespace weft::cli
