package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.align.MaskAlign;
import io.github.maskalign.align.PretrainGroups;
import io.github.maskalign.align.teacher.TeacherView;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.ArrayList;
import java.util.List;

/** The pre-training loop. */
final class PretrainKinds {

  private PretrainKinds() {}

  static void adamW(VectorCase given) {
    Alignment alignment = Alignment.create(given);
    MaskAlign maskAlign = alignment.maskAlign();
    List<ParameterGroup> groups =
        PretrainGroups.of(alignment.parameters(), given.real("weight_decay"));
    groups(given, groups);
    AdamW optimizer = new AdamW(given.scope(), groups, TrainingLoop.betas(given));
    TrainingLoop loop = new TrainingLoop(given, optimizer, alignment.parameters());
    int kept = maskAlign.plan().keptPatches();
    int[] masks = given.integers("in.ids_shuffle");
    int[] dims = given.dims("in.ids_shuffle");
    loop.run(
        (tape, images, pass) -> {
          TeacherView view = alignment.teacher().look(tape, images, maskAlign.request());
          int[] visible = new int[dims[1] * kept];
          for (int b = 0; b < dims[1]; b++) {
            System.arraycopy(masks, (pass * dims[1] + b) * dims[2], visible, b * kept, kept);
          }
          return maskAlign
              .forward(tape, images, maskAlign.targets(view), visible, alignment.depth(given))
              .loss()
              .total();
        });
    loop.check();
  }

  /** Members, in order, and decay of the groups. */
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
