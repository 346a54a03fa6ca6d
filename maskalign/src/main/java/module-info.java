import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.bench.BenchCommand;
import io.github.maskalign.cli.catalog.RunsCommand;
import io.github.maskalign.cli.classify.ClassifyCommand;
import io.github.maskalign.cli.classify.PredictCommand;
import io.github.maskalign.cli.compare.CompareCommand;
import io.github.maskalign.cli.data.DataCommand;
import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.FeaturesCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.cli.models.ModelsCommand;
import io.github.maskalign.cli.report.ReportCommand;
import io.github.maskalign.cli.runtime.RuntimeImageCommand;
import io.github.maskalign.cli.train.FinetuneCommand;
import io.github.maskalign.cli.train.PretrainCommand;
import io.github.maskalign.cli.train.ProbeCommand;
import io.github.maskalign.cli.visualize.AttentionCommand;
import io.github.maskalign.cli.visualize.MaskCommand;
import io.github.maskalign.cli.visualize.PatchesCommand;
import io.github.maskalign.cli.weights.ExportCommand;
import io.github.maskalign.cli.weights.InspectCommand;
import io.github.maskalign.train.checkpoint.RunWeights;
import io.github.maskalign.vit.weights.file.WeightFolder;
import org.jspecify.annotations.NullMarked;

/** MaskAlign pre-training: method, teachers, data, training, evaluation and the command line. */
@NullMarked
module io.github.maskalign {
  requires transitive io.github.maskalign.vit;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires jdk.management;
  requires jdk.unsupported;
  requires me.tongfei.progressbar;
  requires static transitive org.jspecify;

  exports io.github.maskalign;
  exports io.github.maskalign.baseline;
  exports io.github.maskalign.config;
  exports io.github.maskalign.data;
  exports io.github.maskalign.data.augment;
  exports io.github.maskalign.data.sets;
  exports io.github.maskalign.eval;
  exports io.github.maskalign.teacher;
  exports io.github.maskalign.teacher.cache;
  exports io.github.maskalign.train;
  exports io.github.maskalign.train.checkpoint;
  exports io.github.maskalign.train.log;
  // Modules above this one add commands of their own.
  exports io.github.maskalign.cli to
      io.github.maskalign.vectors;

  opens io.github.maskalign.cli to
      info.picocli;
  opens io.github.maskalign.cli.bench to
      info.picocli;
  opens io.github.maskalign.cli.classify to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.cli.compare to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.cli.data to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.cli.eval to
      info.picocli;
  opens io.github.maskalign.cli.models to
      info.picocli;
  opens io.github.maskalign.cli.report to
      info.picocli;
  opens io.github.maskalign.cli.runtime to
      info.picocli;
  opens io.github.maskalign.cli.catalog to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.cli.settings to
      info.picocli;
  opens io.github.maskalign.cli.train to
      info.picocli;
  opens io.github.maskalign.cli.visualize to
      info.picocli;
  opens io.github.maskalign.cli.weights to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.eval to
      com.fasterxml.jackson.databind;
  opens io.github.maskalign.train.checkpoint to
      com.fasterxml.jackson.databind;

  uses Command;

  provides Command with
      AttentionCommand,
      BenchCommand,
      ClassifyCommand,
      DataCommand,
      CompareCommand,
      EvalCommand,
      FeaturesCommand,
      FinetuneCommand,
      KnnCommand,
      MaskCommand,
      ModelsCommand,
      PatchesCommand,
      PredictCommand,
      PretrainCommand,
      RuntimeImageCommand,
      ProbeCommand,
      ReportCommand,
      RunsCommand,
      ExportCommand,
      InspectCommand;
  provides WeightFolder with
      RunWeights;
}
