#include "files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace amend {

std::optional<std::string> write_all(std::span<const file> files)
{
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!files[i].path)
            continue;
        errno = 0;
        std::ofstream out(*files[i].path, std::ios::binary);
        if (out << files[i].text << std::flush)
            continue;
        const std::string reason = errno != 0 ? std::strerror(errno) : "unknown reason";
        for (const file& written : files.first(i))
            if (written.path)
                std::remove(written.path->c_str());
        return "amend: cannot write " + *files[i].path + ": " + reason;
    }
    return {};
}

}  // namespace amend
