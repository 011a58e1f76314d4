/* A look at memory: what happens between enter and leave is not part of the picture. */
#ifndef LIMPID_SEE_LOOK_H
#define LIMPID_SEE_LOOK_H

/* Looks nest; each enter needs its leave. */
void look_enter(void);
void look_leave(void);

#endif
