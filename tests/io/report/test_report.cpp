#include <catch2/catch.hpp>
#include <cstdlib>
#include <regex>
#include <tanuki/tanuki.hpp>

#include "tanuki/io/report/write_report.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_report {

using namespace tanuki;
using Catch::Contains;

namespace {

ReportContents contents() {
  History train, fine;
  train.add({{"loss", 0.5}, {"val_loss", 0.6}, {"seconds", 70}});
  train.add({{"loss", 0.4}, {"val_loss", 0.5}, {"seconds", 70}});
  fine.add({{"loss", 0.25}, {"seconds", 9}});
  const Image dot{1, 1, {10, 20, 30}};
  return {.title = "Cats & <dogs>",
          .about = "A \"test\".",
          .highlights = {{"accuracy", "96 %"}},
          .options = {{"--data", "a <b> & c"}},
          .phases = {{"train", train}, {"fine-tuning", fine}},
          .evaluations = {{"test", {{"loss", 0.125}}, 40}},
          .augmented = Image{30, 40, std::vector<std::uint8_t>(3600)},
          .confusion = ConfusionMatrix{{"cats", "<dogs>"}, {9, 1, 2, 8}},
          .class_names = {"cats", "<dogs>"},
          .worst = {{.index = 3,
                     .loss = 2.5,
                     .label = 0,
                     .prediction = 1,
                     .probability = 0.9,
                     .example = Tensor<>({2, 2, 3})}},
          .grad_cams = {{dot, "why \"cats\""}}};
}

/// The tags that are open at the end, or where one closes that was not open last.
std::string unbalanced(const std::string& page) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z][a-z0-9]*)([^<>]*)>");
  for (std::sregex_iterator i(page.begin(), page.end(), tag), end; i != end; ++i) {
    const std::string name = (*i)[2], rest = (*i)[3];
    if (name == "meta" || name == "link" || name == "img" || rest.ends_with("/")) continue;
    if ((*i)[1].length() == 0) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + ">";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + ">";
}

}  // namespace

TEST_CASE("a report holds everything that it is given, escaped") {
  const std::string page = report_html(contents());
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(unbalanced(page) == "");
  CHECK_THAT(page, Contains("<title>Cats &amp; &lt;dogs&gt;</title>") && Contains("A &quot;test&quot;."));
  CHECK_THAT(page, Contains("<dt>accuracy</dt><dd>96 %</dd>"));
  CHECK_THAT(page, Contains("<th scope=\"row\">--data</th><td>a &lt;b&gt; &amp; c</td>"));
  CHECK_THAT(
      page,
      Contains("<th scope=\"row\">train</th><td>2</td><td>2 min 20 s</td><td>0.4000</td><td>0.5000</td>"));
  CHECK_THAT(page,
             Contains("<th scope=\"row\">fine-tuning</th><td>1</td><td>9.0 s</td><td>0.2500</td><td></td>"));
  CHECK_THAT(page, Contains("<th scope=\"row\">test</th><td>40</td><td>0.1250</td>"));
  CHECK_THAT(page, Contains("85.0 % of 20 are right"));
  CHECK_THAT(page, Contains("<figcaption>&lt;dogs&gt; 90 %, is cats, loss 2.50</figcaption>"));
  CHECK_THAT(page, Contains("alt=\"why &quot;cats&quot;\""));
  CHECK_THAT(page, Contains("stroke-dasharray"));  // where fine-tuning begins
  CHECK_THAT(page, !Contains("<dogs>") && !Contains("nan"));
}

TEST_CASE("the page asks for nothing from elsewhere") {
  const std::string page = report_html(contents());
  std::ptrdiff_t images = 0;
  const std::regex source("(src|href)=\"([^\"]*)\"");
  for (std::sregex_iterator i(page.begin(), page.end(), source), end; i != end; ++i) {
    CHECK((*i)[2].str().starts_with("data:"));
    images += (*i)[2].str().starts_with("data:image/png;base64,iVBORw0KGgo");
  }
  CHECK(images == 3);
  CHECK_THAT(page, !Contains("url(") && !Contains("<script") && !Contains("@import"));
  // Namespaces are names, no addresses.
  CHECK_THAT(std::regex_replace(page, std::regex("xmlns=\"[^\"]*\""), ""), !Contains("http"));
}

TEST_CASE("what is left out leaves no trace") {
  const std::string page = report_html({.title = "Nothing"});
  CHECK(unbalanced(page) == "");
  CHECK_THAT(page, !Contains("<section") && !Contains("<svg") && !Contains("<img") && !Contains("<table>"));
}

TEST_CASE("the file holds the page") {
  const test::ScratchFolder folder;
  write_report(folder / "report.html", contents());
  CHECK(test::read_bytes(folder / "report.html") == report_html(contents()));
  CHECK_THROWS_WITH(write_report(folder / "absent/report.html", {}), Contains("absent/report.html"));
}

TEST_CASE("a browser shows it") {
  const test::ScratchFolder folder;
  write_report(folder / "report.html", contents());
  const std::string script = std::string(TANUKI_GOLDENS) + "/../programs/look_at_page.sh";
  CHECK(std::system(("'" + script + "' '" + (folder / "report.html") + "' 3 2").c_str()) == 0);
}

}  // namespace test_report
