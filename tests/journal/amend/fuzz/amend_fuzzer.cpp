// Feeds amend arbitrary token streams: no crash, no hang, no output beside errors, no verb left in the output.
#include "amend/amend.hpp"
#include "amend/reader.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void demand(bool holds)
{
    if (!holds)
        std::abort();
}

bool is_verb(std::string_view use)
{
    return use.starts_with("[replace") || use.starts_with("[rename ") || use == "[previous]" || use == "[change]" || use == "[after]" ||
           use == "[before]" || use == "[to]" || use == "[add]" || use == "[delete]";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view stream(reinterpret_cast<const char*>(data), size);
    amend::options wanted;
    wanted.list_history = true;
    if (!stream.empty()) {  // the first byte chooses the options
        const char choice = stream.front();
        stream.remove_prefix(1);
        wanted.mark_directives = choice & 1;
        if (choice & 2)
            wanted.at = "1";
        if (choice & 4)
            wanted.exhibit = "e";
        if (choice & 8)
            wanted.required = {"title"};
    }
    const amend::result done = amend::run(stream, wanted);
    if (!done.errors.empty()) {
        demand((done.stream + done.roots + done.exhibits + done.history).empty());
        return 0;
    }
    amend::report errors;
    const amend::journal output = amend::read(done.stream, {}, errors);
    for (const amend::definition& d : output.definitions) {
        for (const amend::line& l : d.lines) {
            for (const amend::token& t : l.tokens)
                demand(t.what != amend::token::kind::use || !is_verb(t.text));
        }
    }
    return 0;
}
