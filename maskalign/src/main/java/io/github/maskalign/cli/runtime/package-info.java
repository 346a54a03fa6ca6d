/** The command {@code runtime-image}: a self-contained copy of this program (jlink). */
package io.github.maskalign.cli.runtime;
