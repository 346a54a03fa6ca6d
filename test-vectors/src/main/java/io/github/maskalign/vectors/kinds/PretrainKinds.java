package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.WeightDecayGroups;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.ArrayList;
import java.util.List;

/** The pre-training loop. */
final class PretrainKinds {

  private PretrainKinds() {}

  static void adamW(VectorCase given) {
    Alignment alignment = Alignment.create(given);
    List<ParameterGroup> groups =
        WeightDecayGroups.of(alignment.parameters(), given.real("weight_decay"));
    groups(given, groups);
    AdamW optimizer = new AdamW(given.scope(), groups, TrainingLoop.betas(given));
    TrainStep updates =
        new TrainStep(
            given.scope(),
            alignment.parameters().trainable(),
            optimizer,
            TrainingLoop.stepOptions(given));
    TrainingLoop loop = new TrainingLoop(given, alignment.parameters());
    loop.run(updates, (tape, batch) -> loss(given, alignment, tape, batch));
    loop.check(updates);
  }

  private static Tensor loss(VectorCase given, Alignment alignment, Tape tape, Batch batch) {
    MaskAlign maskAlign = alignment.maskAlign();
    Tensor images = batch.images(tape);
    TeacherOutput output = alignment.teacher().forward(tape, images, maskAlign.request());
    int[] visible = visible(given, batch, maskAlign.plan().keptPatches());
    return maskAlign
        .forward(tape, images, maskAlign.targets(output), visible, alignment.depth(given))
        .loss()
        .total();
  }

  /** The first patches of the batch's rows of {@code in.ids_shuffle}. */
  private static int[] visible(VectorCase given, Batch batch, int kept) {
    int[] masks = given.integers("in.ids_shuffle");
    int[] dims = given.dims("in.ids_shuffle");
    int[] visible = new int[dims[1] * kept];
    for (int b = 0; b < dims[1]; b++) {
      int row = (int) batch.number() * dims[1] + b;
      System.arraycopy(masks, row * dims[2], visible, b * kept, kept);
    }
    return visible;
  }

  /** Parameters, in order, and weight decay of the groups. */
  private static void groups(VectorCase given, List<ParameterGroup> groups) {
    JsonNode expected = given.setting("param_groups");
    given.checks().equal("number of groups", groups.size(), expected.size(), 0);
    for (int i = 0; i < Math.min(groups.size(), expected.size()); i++) {
      JsonNode wanted = expected.get(i);
      List<String> names = new ArrayList<>();
      wanted.path("params").forEach(name -> names.add(name.asText()));
      List<String> got = groups.get(i).parameters().stream().map(Parameter::name).toList();
      given.checks().that("group " + i, got.equals(names), "its members are " + got);
      double decay = wanted.path("weight_decay").asDouble();
      given.checks().equal("decay of group " + i, groups.get(i).weightDecay(), decay, 0);
    }
  }
}
