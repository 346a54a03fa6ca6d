package io.github.maskalign.cli.train;

import io.github.maskalign.Masking;
import io.github.maskalign.Targets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.Rehearsal;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;

/**
 * Estimates the time of a pre-training run by its first batch.
 *
 * @param settings completed
 * @param model student and teacher
 * @param parameters of the student
 */
record PretrainRehearsal(PretrainSettings settings, PretrainModel model, Parameters parameters) {

  /**
   * The time of a run: the teacher's part only for new crops if it is cached.
   *
   * @param batch the first batch
   * @param images of the data set
   */
  TimeEstimate estimate(Batch batch, long images) {
    int epochs = settings.schedule().epochs();
    int crops = settings.teacher().teacherCache();
    double step = step().secondsPerImage(batch);
    if (model.targets() == null || crops == 0 || crops >= epochs) {
      return new TimeEstimate(step * images * epochs, epochs);
    }
    double teacher = Math.min(step, teacher(model.targets()).secondsPerImage(batch));
    double student = step - teacher;
    return new TimeEstimate((student * epochs + teacher * crops) * images, epochs);
  }

  private Rehearsal step() {
    TargetSource source = model.targets() == null ? TargetSource.none() : model.targets();
    Masking masking = new Masking(model.objective().mask(), settings.run().seed());
    return Rehearsal.ofStep(
        parameters.scope(),
        parameters.trainable(),
        (tape, batch) -> Pretraining.loss(model.objective(), source, masking, null, tape, batch));
  }

  private Rehearsal teacher(TeacherTargets targets) {
    return new Rehearsal(parameters.scope(), (scope, batch) -> wait(targets, scope, batch));
  }

  private static void wait(TeacherTargets source, Scope scope, Batch batch) {
    Targets targets = source.targets(scope.ops(), batch, batch.images(scope.ops()));
    targets.at(scope.eager(), new int[batch.size()]).forEach(level -> level.toFloats());
  }
}
