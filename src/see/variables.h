/* What the variables of recorded frames hold: told as far as it differs from what was told before.  By value, also
 * the dicts of names and the cells that they are in.  The rest of the heap is the business of known.h. */
#ifndef LIMPID_SEE_VARIABLES_H
#define LIMPID_SEE_VARIABLES_H

#include "see/recorder_inside.h"

/* Tells how the frame's variables differ from what was told, and with_stack its value stack, which is valid then. */
void variables_tell(Recorder *r, Shadow *s, Frame *f, int with_stack);
/* By value: those that may have been stored to (RECORD_SLOT bits). */
void variables_tell_stored(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t pending);
/* By value: one. */
void variables_tell_slot(Recorder *r, Shadow *s, PyObject *const *slots, uint32_t i);
/* By value cells are looked at where their names are in view. */
void variables_tell_cells(Recorder *r, const Shadow *s);
/* Tells the dict of the frame's names. */
void variables_tell_names(Recorder *r, Shadow *s, PyObject *names);
/* By value: those dicts that have changed. */
void variables_look_at_spaces(Recorder *r);
/* First the usual case: there is one, a dict that is as it was. */
static inline void variables_tell_spaces(Recorder *r)
{
    if (r->space_scene != r->known.scene || r->space->ma_version_tag != r->space_version)
        variables_look_at_spaces(r);
}
/* How deep objects that frames refer to are followed. */
static inline unsigned variables_follow(const Recorder *r) { return r->known.by_value ? FAR : 1; }

#endif
