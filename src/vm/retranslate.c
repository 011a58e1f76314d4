/* Another translation for code that has run before: a recording that begins or ends in the middle of a run.
 *
 * A code object keeps the translations that it has had, for frames that run them and for the next turn.  In one without
 * RECORD instructions TURN stands for every instruction with which one of the new translation begins, too: so each
 * frame, wherever it waits, changes over as soon as it goes on.  A frame in a recorded translation stays there; its
 * instructions do nothing when nobody listens. */
#include "vm/vm.h"
#include "vm/specialise.h"

#include <assert.h>

void vm_turn(Frame *f)
{
    VmCode *to = (VmCode *)f->code->_co_linearray;
    int unit = vm_first_unit(f, (int)(f->ip - f->vm->insts));
    f->vm = to;
    f->ip = vm_inst_at(to, unit);
}

/* Whether an instruction of the translation begins at the unit. */
static int begins_at(const PyCodeObject *code, VmCode *vm, int unit)
{
    int at = (int)(vm_inst_at(vm, unit) - vm->insts);
    return at < vm->count && ((int)vm->offsets[at] == unit || vm_code_first_unit(code, vm, at) == unit);
}

static void take_patches_off(VmCode *vm)
{
    for (int i = 0; i < vm->patch_count; i++) {
        Inst *inst = &vm->insts[vm->patches[i].at];
        if (inst->handler == vm_labels[I_TURN]) /* not specialised since */
            inst->handler = vm->patches[i].handler;
    }
    vm->patch_count = 0;
}

/* Makes TURN stand for what has a counterpart in `to`; 0, or -1 without memory. */
static int patch(const PyCodeObject *code, VmCode *vm, VmCode *to)
{
    take_patches_off(vm);
    if (vm->patches == NULL && (vm->patches = PyMem_Malloc(((size_t)vm->count + 1) * sizeof *vm->patches)) == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < vm->count; i++)
        if (begins_at(code, to, vm_code_first_unit(code, vm, i)))
            vm->patches[vm->patch_count++] = (VmPatch){i, vm->insts[i].handler};
    for (int i = 0; i < vm->patch_count; i++)
        vm->insts[vm->patches[i].at].handler = vm_labels[I_TURN];
    return 0;
}

/* Takes the translation of this kind out of those that the code has had; NULL when there is none. */
static VmCode *take_other(VmCode *now, int recorded)
{
    for (VmCode **p = &now->other; *p != NULL; p = &(*p)->other)
        if ((*p)->recorded == recorded) {
            VmCode *found = *p;
            *p = found->other;
            found->other = NULL;
            return found;
        }
    return NULL;
}

int vm_code_turn(PyCodeObject *code, int recorded)
{
    VmCode *now = (VmCode *)code->_co_linearray, *to, *plain = NULL;
    if (now == NULL || now->recorded == recorded)
        return 0;
    if ((to = take_other(now, recorded)) == NULL && (to = vm_code_build(code, 0, recorded)) == NULL)
        return -1;
    for (VmCode *vm = now; vm != NULL; vm = vm->other)
        if (!vm->recorded)
            plain = vm;
    if (!recorded)
        take_patches_off(to);
    else if (plain != NULL && patch(code, plain, to) < 0) {
        to->other = now->other; /* for another time */
        now->other = to;
        to->muted = 1;
        return -1;
    }
    now->muted = now->recorded != 0;
    to->muted = 0;
    to->other = now;
    code->_co_linearray = (char *)to;
    return 0;
}
