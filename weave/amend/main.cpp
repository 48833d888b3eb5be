// amend: a noweb filter that lets a later entry of the journal change what an earlier one wrote.
#include "amend.hpp"
#include "command_line.hpp"
#include "files.hpp"

#include <iostream>
#include <string>

namespace {

// mnt and nt fail on @fatal, so that a pipeline without pipefail fails too.
int fail(const std::vector<std::string>& errors)
{
    for (const std::string& error : errors)
        std::cerr << error << '\n';
    std::cout << "@fatal amend: " << errors.size() << (errors.size() == 1 ? " error\n" : " errors\n");
    return 1;
}

std::string read_all(std::istream& in)
{
    std::string all;
    constexpr std::size_t block = 1 << 20;
    do {
        const std::size_t before = all.size();
        all.resize(before + block);
        in.read(all.data() + before, block);
        all.resize(before + static_cast<std::size_t>(in.gcount()));
    } while (in);
    return all;
}

}  // namespace

int main(int argc, char** argv)
{
    const auto [line, exit_status] = amend::parse_command_line(argc, argv);
    if (exit_status) {
        if (*exit_status != 0)
            std::cout << "@fatal amend: bad option\n";
        return *exit_status;
    }
    std::ios::sync_with_stdio(false);
    const std::string stream = read_all(std::cin);
    const amend::result result = amend::run(stream, line.wanted);
    if (!result.errors.empty())
        return fail(result.errors);
    const std::vector<amend::file> files{
        {line.roots_file, result.roots}, {line.history_file, result.history}, {line.exhibits_file, result.exhibits}};
    if (const auto problem = amend::write_all(files))
        return fail({*problem});
    std::cout << result.stream << std::flush;
    if (!std::cout)
        return fail({"amend: cannot write the stream to stdout"});
    return 0;
}
