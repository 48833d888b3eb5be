#include "command_line.hpp"

#include <CLI/CLI.hpp>

namespace amend {

parsed_command_line parse_command_line(int argc, char** argv)
{
    command_line line;
    CLI::App app{"Folds a journal's amendments: noweb's token stream on stdin, the resolved stream on stdout."};
    app.add_option("--at", line.wanted.at, "stop after this entry (its file name without .nw)")->type_name("ENTRY");
    app.add_option("--exhibit", line.wanted.exhibit, "apply this exhibit of the last entry")->type_name("NAME");
    app.add_option("--roots", line.roots_file, "write the files' paths, and mark for mnt those with line directives")
        ->type_name("FILE");
    app.add_option("--events", line.events_file, "write what happened to each chunk, as JSON")->type_name("FILE");
    app.add_option("--exhibits", line.exhibits_file, "write a line `ENTRY NAME` for each exhibit")->type_name("FILE");
    app.add_option("--require", line.wanted.required, "keys that every entry's front matter must have")
        ->type_name("KEY,…")
        ->delimiter(',');
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        return {{}, app.exit(problem) == 0 ? 0 : 1};
    }
    line.wanted.mark_directives = line.roots_file.has_value();
    line.wanted.list_events = line.events_file.has_value();
    return {line, {}};
}

}  // namespace amend
