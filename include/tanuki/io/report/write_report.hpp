#pragma once

// A training on one page, report.html: what was run, its curves, and pictures of what the network gets wrong and where it
// looks. The page holds everything that it shows, asks for nothing from elsewhere, and runs no script.

#include <optional>

#include "tanuki/core/logs.hpp"
#include "tanuki/io/plots/heat_overlay.hpp"
#include "tanuki/io/plots/plot_confusion_matrix.hpp"
#include "tanuki/io/plots/plot_history.hpp"
#include "tanuki/io/plots/svg_curves.hpp"
#include "tanuki/io/plots/write_worst_classified.hpp"
#include "tanuki/io/report/html.hpp"
#include "tanuki/io/report/style.hpp"

namespace tanuki {

/// One fit() of several.
struct ReportPhase {
  std::string name;
  History history;
};

struct ReportEvaluation {
  std::string name;
  Logs logs;
  Index images;
};

struct ReportPicture {
  Image image;
  std::string caption;
};

/// What is left out, the page leaves out, too.
struct ReportContents {
  std::string title = "Training report";
  std::string about = {};  ///< a sentence below the title
  std::vector<std::pair<std::string, std::string>> highlights =
      {};  ///< a few numbers, large: {"accuracy", "96 %"}
  std::vector<std::pair<std::string, std::string>> options = {};  ///< what was run: {"--epochs", "20"}
  std::vector<ReportPhase> phases = {};
  std::vector<ReportEvaluation> evaluations = {};
  std::optional<Image> augmented = {};  ///< image_grid() of what training sees
  std::optional<ConfusionMatrix> confusion = {};
  std::vector<std::string> class_names = {};
  std::vector<WorstClassified> worst = {};
  std::vector<ReportPicture> grad_cams = {};  ///< heat_overlay()s
};

namespace detail {

/// The phases as one; what a phase does not have is a gap.
inline History joined(const std::vector<ReportPhase>& phases) {
  History all;
  for (const auto& phase : phases) all.append(phase.history);
  return all;
}

inline std::string minutes(double seconds) {
  const long whole = std::lround(seconds);
  if (seconds < 9.95) return plots::number(seconds, 1) + " s";
  if (whole < 60) return std::to_string(whole) + " s";
  return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

/// Each phase's epochs and time, and what its last epoch gave.
inline std::string phases_table(const std::vector<ReportPhase>& phases) {
  html::Row head{"phase", "epochs", "time"};
  const History all = joined(phases);
  for (const auto& [key, values] : all.series()) {
    if (key != "seconds") head.push_back(key);
  }
  std::vector<html::Row> rows;
  for (const auto& [name, history] : phases) {
    double seconds = 0;
    if (const auto* each = history.find("seconds")) {
      for (double one : *each) seconds += one;
    }
    html::Row row{name, std::to_string(history.epochs()), minutes(seconds)};
    for (std::size_t i = row.size(); i < head.size(); ++i) {
      const auto* values = history.find(head[i]);
      row.push_back(values && !values->empty() ? plots::number(values->back(), 4) : "");
    }
    rows.push_back(std::move(row));
  }
  return rows.empty() ? "" : html::table(head, rows);
}

inline std::string evaluations_table(const std::vector<ReportEvaluation>& evaluations) {
  if (evaluations.empty()) return {};
  html::Row head{"data", "images"};
  for (const auto& [key, value] : evaluations[0].logs) head.push_back(key);
  std::vector<html::Row> rows;
  for (const auto& [name, logs, images] : evaluations) {
    rows.push_back({name, std::to_string(images)});
    for (const auto& [key, value] : logs) rows.back().push_back(plots::number(value, 4));
  }
  return html::table(head, rows);
}

inline std::string curves(const std::vector<ReportPhase>& phases) {
  const auto panels = history_panels(joined(phases));
  if (panels.empty()) return {};
  CurvesOptions options{.columns = 2};
  if (phases.size() > 1) {
    options.mark_after = std::size_t(phases[0].history.epochs());
    options.mark_label = phases[1].name;
  }
  return html::drawing(svg_curves(panels, options), "Curves of loss and metrics over the epochs");
}

inline std::string pictures(const std::vector<ReportPicture>& all) {
  std::string figures = "\n";
  for (const auto& [image, caption] : all) figures += html::picture(image, caption);
  return all.empty() ? "" : html::element("div", figures, "class=\"pictures\"");
}

}  // namespace detail

/// The page as text.
inline std::string report_html(const ReportContents& contents) {
  using namespace html;
  std::string body = element("h1", escape(contents.title));
  if (!contents.about.empty()) body += element("p", escape(contents.about), "class=\"about\"");
  std::string tiles = "\n";
  for (const auto& [name, value] : contents.highlights)
    tiles += element("div", "<dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd>");
  if (!contents.highlights.empty()) body += element("dl", tiles, "class=\"tiles\"");

  body += section("Training", detail::phases_table(contents.phases) + detail::curves(contents.phases),
                  "Each phase's last epoch, and all of them as curves.");
  body += section("Evaluation", detail::evaluations_table(contents.evaluations));
  if (contents.confusion)
    body += section("What was taken for what",
                    drawing(svg_confusion_matrix(*contents.confusion), "Confusion matrix"),
                    "A row a class: how many of its validation examples were taken for each class. " +
                        plots::number(100 * contents.confusion->accuracy(), 1) + " % of " +
                        std::to_string(contents.confusion->examples()) + " are right.");
  std::vector<ReportPicture> worst;
  for (const auto& example : contents.worst)
    worst.push_back({as_pixels(example.example), worst_caption(example, contents.class_names) + ", loss " +
                                                     plots::number(example.loss, 2)});
  body += section(
      "Most wrong", detail::pictures(worst),
      "The examples of the highest loss: the class that they were taken for, how surely, and what they are.");
  body += section("Where it looks", detail::pictures(contents.grad_cams),
                  "Grad-CAM: red is what speaks most for the class that is named.");
  if (contents.augmented)
    body += section("What training sees",
                    element("div", picture(*contents.augmented, "Augmented examples"), "class=\"single\""),
                    "One example as random augmentation varies it.");
  std::vector<Row> options;
  for (const auto& [name, value] : contents.options) options.push_back({name, value});
  body += section("How it was run", options.empty() ? "" : table({}, options, "class=\"options\""));
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
         element("title", escape(contents.title)) + "<link rel=\"icon\" href=\"data:,\">\n" +
         element("style", style) + "</head>\n<body>\n" + element("main", "\n" + body) + "</body>\n</html>\n";
}

/// Throws Error, with the path, where the file cannot be written.
inline void write_report(const std::filesystem::path& path, const ReportContents& contents) {
  AtomicFile file(path.string());
  file.write(report_html(contents));
  file.commit();
}

}  // namespace tanuki
