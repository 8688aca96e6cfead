// cuparity publish: a static site of runs.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "harness/cli/commands.hpp"
#include "harness/counted.hpp"
#include "harness/errors.hpp"
#include "harness/publish/publish.hpp"
#include "harness/publish/publisher_key.hpp"
#include "harness/redact/this_machine.hpp"

namespace cuparity {

void add_publish_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("publish", "Make a static site of runs, as for GitHub Pages");
  auto options = std::make_shared<PublishOptions>();
  auto runs = std::make_shared<std::vector<std::string>>();
  auto out = std::make_shared<std::string>();
  auto raw = std::make_shared<bool>(false);
  command->add_option("RUNS", *runs, "Folders of runs, run.json files, or folders with many of them");
  command->add_option("--out", *out, "The site's folder; the runs that it holds already stay")->required();
  command->add_option("--title", options->title, "The site's name");
  command->add_option("--base-url", options->base_url,
                      "Where the site will be, e.g. https://example.org/results/ (for the feed's links)");
  command->add_option("--hide", options->hidden, "A further word to take out, e.g. a project's name; repeatable")
      ->allow_extra_args(false);
  command->add_flag("--no-redact", *raw,
                    "Publish host and user names, paths, serial numbers, UUIDs and addresses too");
  command->footer("A run is taken out of the site by deleting SITE/runs/ID and publishing again.\n"
                  "Exit codes: 0 the site is made; 2 usage; 4 it can't be written.");
  command->callback([=, &exit_code] {
    options->runs.assign(runs->begin(), runs->end());
    options->out = *out;
    options->redact = !*raw;
    if (!options->base_url.empty() && !options->base_url.ends_with('/')) options->base_url += '/';
    for (const std::string& name : names_of_this_machine()) options->hidden.push_back(name);
    options->key = publisher_key();
    const PublishResult result = publish(*options);
    fmt::print("{}: {}, {} of them new, {} rendered{}\n", (options->out / "index.html").string(),
               counted(result.runs, "run"), result.new_runs, result.rendered,
               options->redact ? "; names, paths, serial numbers, UUIDs and addresses were taken out" : "");
    exit_code = exit_pass;
  });
}

}  // namespace cuparity
