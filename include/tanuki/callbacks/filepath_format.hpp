#pragma once

// Names of files with numbers in them, as Python's str.format() fills them in: "{epoch:02d}-{val_loss:.2f}.safetensors".
// Of its formats there are [-+ ][0][width][.precision][type] with the types d, e, f, g, E, F, G and %; "{{" is a brace.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

#include "tanuki/core/format.hpp"
#include "tanuki/core/logs.hpp"

namespace tanuki {

/// Where a name says them: epoch and batch count from 1.
struct FilepathNumbers {
  Index epoch = 1;
  std::optional<Index> batch = {};
  Logs logs = {};
};

namespace detail {

/// Goes through a name with its numbers. Throws Error, with the name, for what cannot be filled in.
class FilepathFormat {
 public:
  FilepathFormat(std::string_view callback, const std::string& filepath, const FilepathNumbers& numbers)
      : callback_(callback), filepath_(filepath), numbers_(numbers) {}

  std::string filled_in() const {
    std::string text;
    for (std::size_t i = 0; i < filepath_.size(); ++i) {
      const char c = filepath_[i];
      if (c != '{' && c != '}') {
        text += c;
      } else if (filepath_.substr(i + 1, 1) == std::string(1, c)) {
        text += c;
        ++i;
      } else {
        const auto end = filepath_.find('}', i);
        if (c == '}' || end == std::string::npos) refuse("a brace without the other: write {{ or }} for one");
        text += field(filepath_.substr(i + 1, end - i - 1));
        i = end;
      }
    }
    return text;
  }

 private:
  std::string field(const std::string& inner) const {
    const auto colon = std::min(inner.find(':'), inner.size());
    const std::string name = inner.substr(0, colon);
    const std::string how = colon < inner.size() ? inner.substr(colon + 1) : "";
    for (const auto& [key, value] : numbers_.logs) {
      if (key == name) return formatted(value, false, how);
    }
    if (name == "epoch") return formatted(double(numbers_.epoch), true, how);
    if (name == "batch" && numbers_.batch) return formatted(double(*numbers_.batch), true, how);
    std::string names = numbers_.batch ? "epoch, batch" : "epoch";
    for (const auto& log : numbers_.logs) names += ", " + log.first;
    refuse("there is no '" + name + "', only " + names);
  }

  std::string formatted(double value, bool whole, const std::string& how) const {
    std::size_t at = 0;
    const auto next = [&](std::string_view any) {
      return at < how.size() && any.find(how[at]) != any.npos ? how[at++] : '\0';
    };
    const auto number = [&] {
      const std::size_t begin = at;
      while (at < how.size() && std::isdigit(static_cast<unsigned char>(how[at]))) ++at;
      if (at - begin > 2) refuse("'" + how + "' asks for too many digits");
      return at == begin ? -1 : std::stoi(how.substr(begin, at - begin));
    };
    const char sign = next("+- "), zero = next("0");
    const int width = std::max(number(), 0);
    const bool point = next(".");
    const int precision = point ? number() : -1;
    if (precision > 40) refuse("'" + how + "' asks for too many digits");
    const char type = next("defgEFG%");
    const bool digits_alone = point && (precision < 0 || type == 'd' || type == '\0');
    if (at < how.size() || (type == 'd' && !whole) || digits_alone)
      refuse("'" + how + "' is no format for " + (whole ? "a whole number" : "a number") +
             ", expected one as 02d or .2f");

    std::string digits = digits_of(std::abs(value), whole, type, precision);
    const std::string before = std::signbit(value)          ? "-"
                               : sign == '+' || sign == ' ' ? std::string(1, sign)
                                                            : "";
    const std::size_t used = before.size() + digits.size();
    const std::size_t missing = std::size_t(width) > used ? std::size_t(width) - used : 0;
    if (zero) return before + std::string(missing, '0') + digits;
    return std::string(missing, ' ') + before + digits;
  }

  static std::string digits_of(double value, bool whole, char type, int precision) {
    const int digits = precision < 0 ? 6 : precision;
    std::string text;
    switch (type) {
      case '%':
        return std::isfinite(value) ? fixed(100 * value, digits) + '%' : shortest(value) + '%';
      case '\0':
      case 'd':
        return whole ? std::to_string(Index(value)) : shortest(value);
      case 'e':
      case 'E':
        text = scientific(value, digits);
        break;
      case 'f':
      case 'F':
        text = fixed(value, digits);
        break;
      default: {
        char general[128];
        const auto end =
            std::to_chars(general, general + sizeof general, value, std::chars_format::general, digits).ptr;
        text.assign(general, end);
      }
    }
    if (std::isupper(static_cast<unsigned char>(type)))
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return char(std::toupper(c)); });
    return text;
  }

  [[noreturn]] void refuse(const std::string& reason) const {
    fail("[", callback_, "] filepath is '", filepath_, "': ", reason);
  }

  std::string_view callback_;
  const std::string& filepath_;
  const FilepathNumbers& numbers_;
};

}  // namespace detail

/// `callback` is named by the Error that it throws where the name asks for what there is not.
inline std::string format_filepath(std::string_view callback, const std::string& filepath,
                                   const FilepathNumbers& numbers) {
  return detail::FilepathFormat(callback, filepath, numbers).filled_in();
}

}  // namespace tanuki
