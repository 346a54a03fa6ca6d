import io.github.maskalign.align.bench.BenchCommand;
import io.github.maskalign.align.cli.Command;
import io.github.maskalign.align.data.check.DataCommand;
import io.github.maskalign.align.image.ImageCommand;
import io.github.maskalign.align.labels.ClassifyCommand;
import io.github.maskalign.align.program.CompareCommand;
import io.github.maskalign.align.program.EvalCommand;
import io.github.maskalign.align.program.FinetuneCommand;
import io.github.maskalign.align.program.KnnCommand;
import io.github.maskalign.align.program.PretrainCommand;
import io.github.maskalign.align.program.ProbeCommand;
import io.github.maskalign.align.report.ReportCommand;
import io.github.maskalign.align.view.AttendCommand;
import io.github.maskalign.align.view.MaskCommand;
import io.github.maskalign.align.view.PatchesCommand;
import io.github.maskalign.align.weights.ExportCommand;
import io.github.maskalign.align.weights.InspectCommand;
import org.jspecify.annotations.NullMarked;

/**
 * MaskAlign pre-training, and everything around it: data, checkpoints, evaluation, command line.
 */
@NullMarked
module io.github.maskalign.align {
  requires transitive io.github.maskalign.vit;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires jdk.management;
  requires jdk.unsupported;
  requires me.tongfei.progressbar;
  requires org.apache.commons.compress;
  requires xchart;
  requires static transitive org.jspecify;

  exports io.github.maskalign.align;
  exports io.github.maskalign.align.baseline;
  exports io.github.maskalign.align.cache;
  exports io.github.maskalign.align.cli;
  exports io.github.maskalign.align.compare;
  exports io.github.maskalign.align.config;
  exports io.github.maskalign.align.data;
  exports io.github.maskalign.align.data.augment;
  exports io.github.maskalign.align.data.sets;
  exports io.github.maskalign.align.eval;
  exports io.github.maskalign.align.program;
  exports io.github.maskalign.align.settings;
  exports io.github.maskalign.align.teacher;
  exports io.github.maskalign.align.train;

  opens io.github.maskalign.align.bench to
      info.picocli;
  opens io.github.maskalign.align.cli to
      info.picocli;
  opens io.github.maskalign.align.compare to
      com.fasterxml.jackson.databind;
  opens io.github.maskalign.align.data.check to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.align.image to
      info.picocli;
  opens io.github.maskalign.align.labels to
      info.picocli;
  opens io.github.maskalign.align.program to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens io.github.maskalign.align.report to
      info.picocli;
  opens io.github.maskalign.align.train to
      com.fasterxml.jackson.databind;
  opens io.github.maskalign.align.view to
      info.picocli;
  opens io.github.maskalign.align.weights to
      com.fasterxml.jackson.databind,
      info.picocli;

  uses Command;

  provides Command with
      AttendCommand,
      BenchCommand,
      ClassifyCommand,
      DataCommand,
      CompareCommand,
      EvalCommand,
      FinetuneCommand,
      KnnCommand,
      MaskCommand,
      PatchesCommand,
      PretrainCommand,
      ImageCommand,
      ProbeCommand,
      ReportCommand,
      ExportCommand,
      InspectCommand;
}
