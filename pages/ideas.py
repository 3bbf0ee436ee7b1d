"""Ideas: the arguments behind residual networks, each one playable."""

from explorer.ui import shell
from explorer.ui.ideas.bottleneck_steps import bottleneck_steps
from explorer.ui.ideas.bugs import bugs
from explorer.ui.ideas.chain import chain
from explorer.ui.ideas.check import check_mine
from explorer.ui.ideas.choices import ALL, LESSON, Lesson
from explorer.ui.ideas.frame import NUMBERS
from explorer.ui.ideas.identity import identity
from explorer.ui.ideas.saturation import saturation
from explorer.ui.ideas.six_shortcuts import six_shortcuts
from explorer.ui.ideas.stride_place import stride_place
from explorer.ui.ideas.zero_init import zero_init
from explorer.ui.state import url
from explorer.ui.state.url_value import open_all
from explorer.ui.widgets import job_progress

DRAW = {
    Lesson.IDENTITY: identity,
    Lesson.SATURATION: saturation,
    Lesson.CHAIN: chain,
    Lesson.BOTTLENECK: bottleneck_steps,
    Lesson.SHORTCUTS: six_shortcuts,
    Lesson.ZERO_INIT: zero_init,
    Lesson.STRIDE: stride_place,
    Lesson.BUGS: bugs,
    Lesson.CHECK: check_mine,
}

shell.start("Ideas")
with url.together():
    open_all(*ALL, NUMBERS)
lesson = Lesson(LESSON.segmented(labels={each: each.label for each in Lesson}))
if job_progress.wait_for_libraries("the lesson begins"):
    DRAW[lesson]()
