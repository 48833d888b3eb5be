// The command line of amend.
#pragma once

#include "amend.hpp"

#include <optional>
#include <string>

namespace amend {

struct command_line {
    options wanted;
    std::optional<std::string> roots_file;  ///< nothing: not wanted
    std::optional<std::string> history_file;
    std::optional<std::string> exhibits_file;
};

/// The command line taken apart; or, when there is nothing to be run, the status to exit with (help or a complaint has
/// been printed).
struct parsed_command_line {
    command_line line;
    std::optional<int> exit_status;
};

[[nodiscard]] parsed_command_line parse_command_line(int argc, char** argv);

}  // namespace amend
