"""Ideas: the arguments behind residual networks, each one playable."""

from explorer.ui import shell
from explorer.ui.ideas.bottleneck_steps import bottleneck_lesson
from explorer.ui.ideas.bugs import bugs_lesson
from explorer.ui.ideas.chain import chain_lesson
from explorer.ui.ideas.check import check_lesson
from explorer.ui.ideas.choices import ALL, LESSON, MEANT, Lesson
from explorer.ui.ideas.field import field_lesson
from explorer.ui.ideas.identity import identity_lesson
from explorer.ui.ideas.lesson_frame import AS_NUMBERS
from explorer.ui.ideas.saturation import saturation_lesson
from explorer.ui.ideas.six_shortcuts import shortcuts_lesson
from explorer.ui.ideas.stride_place import stride_lesson
from explorer.ui.ideas.zero_init import zero_init_lesson
from explorer.ui.state import network, url
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets import job_progress

DRAW = {
    Lesson.IDENTITY: identity_lesson,
    Lesson.SATURATION: saturation_lesson,
    Lesson.CHAIN: chain_lesson,
    Lesson.BOTTLENECK: bottleneck_lesson,
    Lesson.SHORTCUTS: shortcuts_lesson,
    Lesson.ZERO_INIT: zero_init_lesson,
    Lesson.STRIDE: stride_lesson,
    Lesson.FIELD: field_lesson,
    Lesson.BUGS: bugs_lesson,
    Lesson.CHECK: check_lesson,
}

shell.start("Ideas")
with url.together():
    open_all(*ALL, AS_NUMBERS)
    network.open_another(MEANT)
lesson = Lesson(LESSON.segmented(labels={each: each.label for each in Lesson}))
if job_progress.wait_for_libraries("the lesson begins"):
    DRAW[lesson]()
