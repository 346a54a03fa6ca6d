package checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Modules depend on each other in one direction, and backends are loaded as services. */
class ArchitectureTest {
  private static final String BASE = "io.github.maskalign";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
          .importPackages(BASE, "examples");

  private enum Module {
    TENSOR(BASE + ".tensor"),
    AUTOGRAD(BASE + ".autograd", TENSOR),
    CPU(BASE + ".cpu", TENSOR),
    MACHINE(BASE + ".cpu.machine", TENSOR, CPU),
    CUDA(BASE + ".cuda", TENSOR),
    VIT(BASE + ".vit", TENSOR, AUTOGRAD),
    LANGCHAIN4J(BASE + ".langchain4j", TENSOR, VIT),
    SPRING(BASE + ".spring", TENSOR, VIT),
    // Its root package contains those of all other modules: the longest match decides.
    MASKALIGN(BASE, TENSOR, AUTOGRAD, VIT),
    VECTORS(BASE + ".vectors", TENSOR, AUTOGRAD, VIT, MASKALIGN),
    EXAMPLES("examples", TENSOR, AUTOGRAD, VIT, MASKALIGN, VECTORS);

    private final String root;
    private final Set<Module> mayUse;

    Module(String root, Module... mayUse) {
      this.root = root;
      this.mayUse = Set.of(mayUse);
    }

    /** The module with the longest root that contains a class; null outside the project. */
    private static Module of(JavaClass type) {
      Module found = null;
      for (Module module : values()) {
        String name = type.getPackageName() + ".";
        if (name.startsWith(module.root + ".")
            && (found == null || module.root.length() > found.root.length())) {
          found = module;
        }
      }
      return found;
    }

    private static DescribedPredicate<JavaClass> in(Set<Module> modules) {
      return DescribedPredicate.describe(
          "in " + modules, type -> modules.contains(of(type.getBaseComponentType())));
    }
  }

  @ParameterizedTest
  @EnumSource
  void usesOnlyTheModulesBelow(Module module) {
    Set<Module> forbidden = EnumSet.complementOf(EnumSet.of(module));
    forbidden.removeAll(module.mayUse);
    noClasses()
        .that(Module.in(EnumSet.of(module)))
        .should()
        .dependOnClassesThat(Module.in(forbidden))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyModuleHasClasses() {
    for (Module module : Module.values()) {
      if (CLASSES.stream().noneMatch(type -> Module.of(type) == module)) {
        throw new AssertionError("no class of " + module + " was imported");
      }
    }
  }

  /** Fails for a new module that the dependencies of this one lack. */
  @Test
  void everyModuleIsOnTheClassPath() throws IOException {
    Set<String> excluded = Set.of("maskalign/checks", "maskalign/peers");
    for (Path module : Modules.below(Tree.REPOSITORY)) {
      String name = Tree.REPOSITORY.relativize(module).toString().replace('\\', '/');
      boolean outside = excluded.contains(name) || name.startsWith("examples/projects/");
      if (!outside && Files.exists(module.resolve("src/main/java"))) {
        String target = module.resolve("target").toUri().getRawPath();
        assertTrue(
            CLASSES.stream()
                .anyMatch(
                    type -> type.getSource().orElseThrow().getUri().toString().contains(target)),
            () -> "no class of " + name + " was imported: add it to maskalign/checks/pom.xml");
      }
    }
  }

  @Test
  void onlyItsBindingSeesJCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + ".cuda.binding.jcuda")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    SliceAssignment packages =
        new SliceAssignment() {
          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            return Module.of(type) == null
                ? SliceIdentifier.ignore()
                : SliceIdentifier.of(type.getPackageName());
          }

          @Override
          public String getDescription() {
            return "packages";
          }
        };
    slices().assignedFrom(packages).should().beFreeOfCycles().check(CLASSES);
  }
}
