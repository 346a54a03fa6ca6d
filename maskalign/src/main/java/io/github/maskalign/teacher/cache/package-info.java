/** The teacher cache: targets of fixed crops on disk, computed once by the frozen teacher. */
package io.github.maskalign.teacher.cache;
