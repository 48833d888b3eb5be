#include "noweb.hpp"

#include <map>
#include <sstream>
#include <stdexcept>

namespace noweb {
namespace {

bool is_name_line(const std::string& line)
{
    return line.starts_with("<<") && line.ends_with(">>=");
}
bool is_prose_line(const std::string& line)
{
    return line == "@" || line.starts_with("@ ");
}

// A line of code as tokens: literal text, `<<uses>>`, and `@<<` for a literal `<<`.
void markup_code(const std::string& line, std::ostream& out)
{
    std::string text;
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t end = line.compare(i, 2, "<<") == 0 ? line.find(">>", i) : std::string::npos;
        if (line.compare(i, 3, "@<<") == 0 || line.compare(i, 3, "@>>") == 0) {
            text += line.substr(i + 1, 2);
            i += 3;
        } else if (end != std::string::npos) {
            if (!text.empty())
                out << "@text " << text << '\n';
            text.clear();
            out << "@use " << line.substr(i + 2, end - i - 2) << '\n';
            i = end + 2;
        } else {
            text += line[i++];
        }
    }
    out << "@text " << text << "\n@nl\n";
}

class stream_reader {
public:
    explicit stream_reader(const std::string& stream) : in_(stream)
    {
        while (std::getline(in_, token_))
            take();
    }

    struct part {
        enum { text, use, newline } what;
        std::string text_or_name;
        std::string from;
    };
    std::map<std::string, std::vector<part>> chunks;

private:
    // nt's rules: every @nl and @index nl is a line; @line n stands at the end of line n-1.
    void take()
    {
        if (token_.starts_with("@file ")) {
            file_ = token_.substr(6);
            line_ = 1;
        } else if (token_.starts_with("@line ")) {
            line_ = std::stoi(token_.substr(6)) - 1;
        } else if (token_.starts_with("@begin code")) {
            code_ = true;
            named_ = false;
        } else if (token_.starts_with("@end code")) {
            code_ = false;
        } else if (token_.starts_with("@defn ")) {
            name_ = token_.substr(6);
            chunks[name_];
        } else if (token_ == "@index nl") {
            ++line_;
        } else if (token_ == "@nl") {
            if (code_ && named_)
                chunks[name_].push_back({part::newline, "", ""});
            named_ = true;
            ++line_;
        } else if (code_ && token_.starts_with("@text ")) {
            chunks[name_].push_back({part::text, token_.substr(6), file_ + ":" + std::to_string(line_)});
        } else if (code_ && token_.starts_with("@use ")) {
            chunks[name_].push_back({part::use, token_.substr(5), file_ + ":" + std::to_string(line_)});
        }
    }

    std::istringstream in_;
    std::string token_;
    std::string file_;
    std::string name_;
    int line_ = 0;
    bool code_ = false;
    bool named_ = false;
};

class tangler {
public:
    explicit tangler(const std::string& stream) : read_(stream) { lines_.emplace_back(); }

    std::vector<tangled_line> run(const std::string& root)
    {
        expand(root, 0, 0);
        return std::move(lines_);
    }

private:
    void expand(const std::string& name, std::size_t indent, int depth)
    {
        const auto chunk = read_.chunks.find(name);
        if (chunk == read_.chunks.end())
            throw std::runtime_error("undefined " + name);
        if (depth > 1000)
            throw std::runtime_error("cycle at " + name);
        std::size_t count = chunk->second.size();
        if (count > 0 && chunk->second.back().what == stream_reader::part::newline)
            --count;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& [what, text, from] = chunk->second[i];
            if (what == stream_reader::part::newline) {
                lines_.emplace_back();
                continue;
            }
            if (what == stream_reader::part::text && text.empty())
                continue;
            if (column() == 0)
                lines_.back().text.assign(indent, ' ');
            if (what == stream_reader::part::use) {
                expand(text, column(), depth + 1);
            } else {
                if (lines_.back().from.empty() && text.find_first_not_of(' ') != std::string::npos)
                    lines_.back().from = from;
                lines_.back().text += text;
            }
        }
    }

    std::size_t column() const { return lines_.back().text.size(); }

    stream_reader read_;
    std::vector<tangled_line> lines_;
};

}  // namespace

std::string markup(const entries& all)
{
    std::ostringstream out;
    for (const auto& [name, source] : all) {
        out << "@file journal/" << name << ".nw\n@begin docs 0\n";
        int number = 0;
        bool code = false;
        const auto end_chunk = [&] { out << "@end " << (code ? "code " : "docs ") << number++ << '\n'; };
        std::istringstream lines(source);
        for (std::string line; std::getline(lines, line);) {
            if (is_name_line(line)) {
                end_chunk();
                code = true;
                out << "@begin code " << number << "\n@defn " << line.substr(2, line.size() - 5) << "\n@nl\n";
            } else if (code && line.starts_with("@ %def ")) {
                out << "@index defn " << line.substr(7) << "\n@index nl\n";
            } else if (code && is_prose_line(line)) {
                end_chunk();
                code = false;
                out << "@begin docs " << number << "\n@text " << line.substr(std::min<std::size_t>(2, line.size()))
                    << "\n@nl\n";
            } else if (code) {
                markup_code(line, out);
            } else {
                out << "@text " << line << "\n@nl\n";
            }
        }
        end_chunk();
    }
    return out.str();
}

std::vector<tangled_line> tangle(const std::string& stream, const std::string& root)
{
    return tangler(stream).run(root);
}

std::string text(const std::vector<tangled_line>& lines)
{
    std::string out;
    for (const tangled_line& l : lines)
        out += l.text + "\n";
    return out;
}

std::string errors(const entries& all, const amend::options& wanted)
{
    std::string out;
    for (const std::string& error : amend::run(markup(all), wanted).errors)
        out += error + "\n";
    return out;
}

std::string amended(const entries& all, const std::string& root, const amend::options& wanted)
{
    const amend::result done = amend::run(markup(all), wanted);
    return done.errors.empty() ? text(tangle(done.stream, root)) : errors(all, wanted);
}

}  // namespace noweb
