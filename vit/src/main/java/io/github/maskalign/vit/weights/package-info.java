/** Networks in files: formats, names, shapes, and loading them with a report. */
package io.github.maskalign.vit.weights;
