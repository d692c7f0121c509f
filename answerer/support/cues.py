"""Words by which a sentence denies, hedges, counts, compares, explains and reports."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(text: str) -> tuple[str, ...]:
    """Its lines; one that begins with "+" goes on from the line above."""
    lines = re.sub(r"\n\s*\+ ", " ", text).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


NOT = words("""
    not never no cannot neither nor none nobody nothing nowhere without hardly barely scarcely
    seldom rarely
    nicht kein keine keinen keiner keines keinem nie niemals ohne weder kaum
    pas jamais aucun aucune sans ni nullement
    nunca jamás sin ningún ninguna tampoco
""")
"""A plain denial. "not until", "not only" and "no doubt" are none."""

NO_DENIAL_BEFORE = words("until only doubt just merely later more less least wonder")

NEGATIVE = words("""
    fail fails failed failure lack lacks lacked lacking refuse refuses refused refusal deny denies
    denied decline declined declines little few absent absence avoid avoids avoided reject rejects
    rejected rejection prevent prevents prevented prevention unable unwilling impossible unlikely
    unsuccessful unclear only exempt excluded exclude except instead rather cease ceased stop stops
    stopped ignore ignored ignores silent silence omit omits omitted weak weakly low limited missed
    misses forbid forbids forbidden forbade prohibit prohibited prohibits banned ban against
    aside apart away ended ends abandoned
    abolished eliminated former formerly closed dissolved history
    questionable wrong mistaken incorrect false reserved reserve cautious missing void loss
    disagree disagreed disagrees reluctant unable beyond but however yet except unless despite
""")
"""Words with a "no" in them: a denial may be their paraphrase, and they of a denial."""

HARDLY_NEGATIVE = words("""
    but however yet only against weak weakly low limited unless despite except instead rather beyond
    away ended ends abandoned abolished eliminated former formerly closed dissolved history reserved
    reserve loss questionable wrong mistaken incorrect false void
""")
"""Those that a denial may paraphrase, but that deny no other word near them."""

REFUSING = words("""
    fail fails failed failing refuse refuses refused refusing decline declined declines declining
    unable unwilling prevent prevents prevented preventing forbidden forbid forbids forbade
    prohibited prohibit stopped stops stop ceased cease avoid avoids avoided
    avoiding reluctant refusal failure inability barred bars banned
""")
"""What they govern does not happen: failed to V, prevented from V-ing."""

MODAL = words("may might could should perhaps possibly maybe potentially")
FUTURE = words("will shall would can going planned plans plan upcoming future")
WANTED = words("""
    try tries tried trying attempt attempts attempted request requests requested requesting wish
    wishes wished want wants wanted order orders ordered demand demands demanded ask asks asked
    propose proposes proposed proposal proposals plan plans planned planning intend intends intended
    hope hopes hoped seek seeks sought threaten threatened expect expects expected suppose supposed
    promise promised promises urge urged urges call calls called aim aims aimed objective goal
    task mission path consider considered considers recommend recommended invite invited offer
    offered offers agree agreed agrees require required requires allow allowed decide decided
    instruct instructed geared way order bid effort efforts ready prepared eager chance opportunity
    willing task mission
""")
"""What stands behind them, "to V", is not said to have happened."""

HEARSAY = words("""
    reportedly allegedly presumably probably possibly perhaps supposedly likely claimed alleged
    believed thought rumoured rumored estimated seem seems seemed appear appears appeared suggest
    suggests suggested suspected assumed arguably reputedly may might could
""")
HEDGES = (
    MODAL
    | FUTURE
    | WANTED
    | HEARSAY
    | words("""
    if whether unless apparently according say says said states stated claim claims argue
    argues argued considered uncertain unclear hypothesis potential possible would be
    conclusion reports reported noted think
    thinks believe believes estimate estimates roughly about approximately around hint hints
    conclude concludes could expects must need needs
""")
    - words("be")
)
CERTAIN = words("""
    certain certainly proven proves proved prove definitely undoubtedly exactly precisely surely
    fact clearly unquestionably indisputable confirmed guarantees
""")
SURE = CERTAIN | words("clear doubt exact precise sure shows demonstrates unambiguously confirms")

ALL = words("""
    all every each entire entirely whole wholly everyone everybody everything everywhere always
    completely fully total totally both any absolutely
    alle jeder jede jedes ganz immer sämtliche tout tous toute toutes toujours todo
    todos toda todas siempre
""")
EVERY = words("""
    all every entire entirely whole wholly everyone everybody everything everywhere always
    completely fully totally invariably alle jeder jede jedes immer sämtliche tous toutes toujours
    todos todas siempre
""")
SOME = words("""
    some many most several few certain usually often sometimes partly majority bulk part parts
    nearly almost mainly mostly largely typically commonly numerous various degrees generally
    about half frequently occasionally
    einige viele manche meist oft quelques certains souvent plupart algunos muchos mayoría
""")
MOST = words("most majority mostly mainly bulk largely chiefly predominantly primarily usually")
MOST_GIVEN = MOST | words("largest greatest typically generally commonly normally principally main")
ONLY = words("only solely exclusively sole nur lediglich seulement uniquement solo solamente")
ONLY_GIVEN = ONLY | words("alone just merely single exclusive but except limited unless until none")

CAUSES = words("because due owing thanks caused causes cause causing therefore weil wegen porque")
CAUSE_GIVEN = CAUSES | words("""
    since as reason reasons result results resulted resulting so such thus hence lead leads led
    leading why given therefore consequently enable enabled through contributed responsible
    explain explained explains precluded precludes prevented allowed makes made follows followed
    cost costs prompted forced helped helping triggered induced accordingly thereby depends depended
    dissatisfied angered attracted
""")

SAYING = words("""
    say says said declare declares declared stated claimed argue argues argued noted write writes
    wrote reported mention mentions mentioned announce announces announced stressed conclude
    concluded concludes suggest suggests suggested insist insists insisted remarked assert asserts
    asserted accused explain explains explained
""")
SAID_NOUNS = words("remark statement claim declaration speech words assessment according")
LINKING = words("""
    there addition also thus therefore however moreover furthermore same previous former other
    another instead similarly then
""")
"""Words by which a sentence goes on from the one before."""

NEITHER_WAY = words("""
    call called name named know known term begin start end open close change move spread increase
    decrease grow expand improve break form continue develop stop sink return split unite divide
    merge meet marry base consist include become remain make come go
""")
"""Verbs whose sides tell nothing: the war began, they began the war; and verbs of naming."""

THINKING = words("""
    think thinks thought believe believes believed argument arguments argue point points pointed
    show shows showed showing view views viewed opinion call calls called criticism criticisms
    criticised concern concerns told tells asked answered quoted according slogan
""")
WRITERS = words("embassy author authors historian historians scholars researchers")
REPORTERS = words("""
    report document text author collection museum archive page summary article source embassy he
    she they it we one letter
    historian historians scholars researchers study paper passage materials
""")

PERSONAL = words("he she her his they their er sie il elle él ella")
POINTING = PERSONAL | words("""
    it its him them this these that those such both es ihr ils elles leur ce cette ces
    ellos su sus este esta
""")
"""Words that may mean something of the sentences before."""

DIRECTIONS = _lines("""
    increase increases increased increasing rise rises rose risen rising grow grows grew growing
    + grown growth raise raised more higher greater gain gained expand expanded stronger
    + multiplied doubled advance advancing improve improved larger
    + | decrease decreases decreased decreasing fall falls fell fallen falling decline declined
    + declining reduce reduces reduced reducing reduction drop dropped cut cuts shrink shrank shrunk
    + less fewer lower lowered lowering diminish diminished weaker dried halved worsen worsened
    + smaller loss lost retreat retreated retreating
    before prior earlier until preceded precede | after following later since followed subsequently
    north northern northward northwards northwest northeast
    + | south southern southward southwards southeast southwest
    east eastern eastward eastwards eastward | west western westward westwards
    first earliest initial initially opening | last latest final finally closing
    longest longer long | shortest shorter short
    largest biggest greatest highest larger bigger | smallest least lowest smaller
    upstream | downstream
    best better | worst worse
    oldest older old elder | youngest younger new
    fastest faster fast rapid rapidly quickly quick | slowest slower slow slowly gradual gradually
    strong stronger strongly high great | weak weaker weakly low small
    foreground forefront | background
    upper | lower
    left departed leave withdrew withdraw evacuated
    + | occupied entered arrived invaded reoccupied
    often frequently usually common | rarely seldom rare uncommon
    early | late
    majority most bulk | minority
    inside within | outside beyond
    maximum | minimum
    import imports imported | export exports exported
    above over exceeded | below under
    win won victory victorious | lose lost defeat defeated loses
    easy easily easier simple | difficult hard harder difficulty
    towards for | against
    closer close nearer approach | distancing distant further
    rich wealthy | poor
    peaceful peace | military war armed
    cold coldest cool | hot hottest warm warmest
    public | private
    internal domestic | external foreign
    pro | anti
    least | most
""")
"""Each line: words of one direction | words of the other."""

OPPOSITES = _lines("""
    accept accepted agree agreed approve approved grant granted
    + | refuse refused reject rejected deny denied decline declined
    allow allowed permit permitted let opened | bar barred forbid prevent refuse refusal
    stimulate stimulated promote promoted encourage encouraged | slow slowed hinder hindered hamper
    + hampered impede impeded curb curbed suppress suppressed
    keep kept retain retained | abandon abandoned
    release released free freed | imprison imprisoned capture captured
    begin began start started | end ended stop stopped cease finish finished
    build built construct constructed | destroy destroyed demolish demolished
    support supported favour | oppose opposed opposition
    succeed succeeded successful successfully success | fail failed failure unsuccessful vain
    include included | exclude excluded
    allow allowed permit permitted | forbid forbidden prohibit prohibited ban banned
    open opened | close closed
    ally allies friend | enemy enemies
    attack attacked | defend defended
    arrive arrived | depart departed
    buy bought | sell sold
    true correct right | false wrong incorrect
    voluntary voluntarily | forced compulsory
    popular | unpopular hated
    interested eager | reluctant reserved uninterested unwilling
    strengthen strengthened solidify solidified consolidate consolidated | weaken weakened undermine
    + undermined
    dense densely | sparse sparsely
    rural | urban
    male | female
    majority | minority
    fertile | barren
    punctual punctually | late delayed
""")

PARAPHRASES = _lines("""
    take part participate participating participation join joined
    produce make manufacture production create created
    need needed require required necessary
    get receive gain obtain obtained
    clear clearly obvious plain abundantly
    fulfil fulfill fulfilled meet met deliver delivered
    discuss discussed address addressed deal dealt treat treated consider considered talk talks
    weaken impair impaired harm harmed damage undermine undermined
    growing increasing rising
    reserved reserve cautious careful restrained
    avoid avoids stay stays away evade shun shuns
    troops troop forces force army soldiers soldier
    leader leaders high ranks rank head headed led leadership chief
    disagreement dissension conflict dispute
    forced coerced compelled made
    scattered dispersed spread
    move moved go went travel travelled come came return returned sail sailed left visit
    land landed landing arrive arrived reach reached
    area amount extent region
    important significant major special main
    wanted wish wished requested asked sought desire
    current currently today now present nowadays moment
    capture captured take took taken seize seized conquer conquered conquest
    stop stopped prevent prevented halt halted
    keep preserve maintain retain
    reduce reduced cut lower lowered decrease shrink shrank fall fell
    people inhabitants population residents citizens
    call called name named term termed
    start begin began beginning origin originated originate
    support supported patronise patronised help helped aid
    found established establish founded create created set
    trace traced descend descended ancestry
    mistake error wrong false typographical
    give gave given state stated cite cited
    supply supplies supplied provide provides provided
    pollute polluted polluting pollution
    cross crosses crossing span spans
    home located situated lie lies stand stands
    live lives inhabitants population
    station stationed keep kept based
    rule ruled domination dominated dominate
    hold held held out resist resisted
    ship ships fleet boat boats vessel vessels
    question issue problem
    show shows showed illustrate indicate demonstrate reveal
    aim aims goal objective geared purpose
    promote propagate propagated
    carry carried bring brought take taken
    explain reason cause
    very extremely highly
    success successful successfully succeed avail
    exist exists existing there
""")
"""Beside WordNet: words of one line may stand for one another in a paraphrase."""
