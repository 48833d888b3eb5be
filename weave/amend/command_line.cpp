#include "command_line.hpp"

#include <getopt.h>

#include <iostream>
#include <string_view>

namespace amend {
namespace {

constexpr std::string_view help_text = R"(usage: amend [OPTION...]
Folds a journal's amendments: noweb's token stream on stdin, the resolved stream on stdout.
  --at ENTRY         stop after this entry (its file name without .nw)
  --exhibit NAME     apply this exhibit of the last entry
  --roots FILE       write the files' paths, and mark for mnt those with line directives
  --history FILE     write what became of each chunk, entry by entry, as JSON
  --exhibits FILE    write a line `ENTRY NAME` for each exhibit
  --require KEY,...  keys that every entry's front matter must have
)";

constexpr option known[] = {
    {"at", required_argument, nullptr, 'a'},       {"exhibit", required_argument, nullptr, 'x'},
    {"roots", required_argument, nullptr, 'r'},    {"history", required_argument, nullptr, 'e'},
    {"exhibits", required_argument, nullptr, 's'}, {"require", required_argument, nullptr, 'k'},
    {"help", no_argument, nullptr, 'h'},           {},
};

std::vector<std::string> separated(const std::string& keys)
{
    std::vector<std::string> found;
    for (std::size_t start = 0, end = 0; end != std::string::npos; start = end + 1) {
        end = keys.find(',', start);
        found.push_back(keys.substr(start, end - start));
    }
    return found;
}

}  // namespace

parsed_command_line parse_command_line(int argc, char** argv)
{
    command_line line;
    int option;
    while ((option = getopt_long(argc, argv, "", known, nullptr)) != -1) {
        switch (option) {
        case 'a': line.wanted.at = optarg; break;
        case 'x': line.wanted.exhibit = optarg; break;
        case 'r': line.roots_file = optarg; break;
        case 'e': line.history_file = optarg; break;
        case 's': line.exhibits_file = optarg; break;
        case 'k': line.wanted.required = separated(optarg); break;
        case 'h': std::cout << help_text; return {{}, 0};
        default: return {{}, 1};  // getopt_long has complained
        }
    }
    if (optind < argc) {
        std::cerr << "amend: '" << argv[optind] << "' is not an option\n";
        return {{}, 1};
    }
    line.wanted.mark_directives = line.roots_file.has_value();
    line.wanted.list_history = line.history_file.has_value();
    return {line, {}};
}

}  // namespace amend
