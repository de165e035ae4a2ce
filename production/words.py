"""What the drawing engine and its sandbox say, in the reader's language.

They know no Django and speak English. Every sentence of theirs stands here, so that it can be translated.
"""

from django.utils.translation import gettext_noop as _

from laseros.core.sentences import Sentences

said = Sentences(
    # --- why a drawing was not measured ---
    _("The file is too complicated: reading it took too long."),
    _("The file is too large or too complicated to be read."),
    _("The file could not be read."),
    _("The file is empty. The upload or the export may have failed: please send it again."),
    _("The file is larger than %(limit)s MB. Please send only the part to be cut."),
    _("This is a PDF file. Please export the drawing as DXF."),
    _("This is a PostScript or EPS file. Please export the drawing as DXF."),
    _("This is a ZIP archive or an office file. Please unpack it and send the DXF inside."),
    _("This is an empty ZIP archive. Please send the DXF itself."),
    _("This is an archive. Please unpack it and send the DXF inside."),
    _("This is a compressed file. Please unpack it and send the DXF inside."),
    _("This is a picture. A laser needs lines: please export the drawing as DXF."),
    _("This is a photograph. A laser needs lines: please export the drawing as DXF."),
    _("This is a STEP model. Please export the flat pattern as DXF."),
    _("This is a 3D model. Please export the flat pattern as DXF."),
    _("This is a DWG file. Please save it as DXF in your CAD program."),
    _("The SVG file refers to other files or entities. Please save it as plain SVG."),
    _("The SVG file is damaged. Please export it again."),
    _("This is a web page, not a drawing: the download may have failed. Please send the DXF."),
    _("This is an XML file, not a drawing. Please export the drawing as DXF."),
    _("This is not a DXF drawing. Please export the drawing as DXF."),
    _("The file is damaged near line %(line)s. Please export it from your CAD program again."),
    _("The file ends in the middle. Please export and send it again."),
    _("The file ends in the middle of the drawing. Please export and send it again."),
    _("The file holds no drawing. Please export it from your CAD program again."),
    _("The unit must be one of %(units)s."),
    _("Blocks are nested too deeply. Please explode them and send again."),
    _("The block “%(name)s” contains itself. Please explode it and send again."),
    _("The drawing holds more than %(most)s curves once its blocks are placed. Please send single parts."),
    _("Thousands of contours lie in each other. Please send single parts."),
    _("The drawing holds coordinates that cannot be: not a number, or beyond reason. Please export it again."),
    _("The drawing is %(length)s m long. Please check its unit, and for stray lines far away."),
    _("The drawing holds only text and dimensions. Please convert text to outlines if it is to be cut."),
    _("The lines of the drawing could not be read. Please export it again."),
    _("The drawing is empty: it holds no line or curve to cut."),
    _("The drawing holds no line or curve to cut, only: %(what)s. Please export the outlines of the part."),
    _("Everything is drawn on a paper layout. Please export what is in model space, at its true size."),
    _("The drawing holds only points: there is nothing to cut."),
    _("The layers chosen hold nothing to cut. The drawing uses %(layers)s."),
    _("A rule about layers says neither cut, engrave, bend nor ignore."),
    _("No layer of the drawing is for cutting, by their names: %(layers)s. Please say which are to be cut."),
    # --- what should be known about one that was ---
    _("The file says %(unit)s, which would make it %(would)s long. It was taken as millimetres: %(size)s."
      " Please confirm the size."),
    _("The file says %(unit)s, which makes the drawing only %(size)s long. If its numbers are inches it is %(would)s"
      " long. Please confirm the size."),
    _("By the unit in the file (%(unit)s) the drawing is %(size)s long. Please confirm the size."),
    _("The file does not say its unit. The numbers are small (%(number)s), so they were taken as inches: %(size)s long."
      " Please confirm the size."),
    _("The file does not say its unit. It was taken as millimetres: %(size)s long. That is larger than a sheet."
      " Please confirm the size."),
    _("The file does not say its unit. It was taken as millimetres: %(size)s long."),
    _("The drawing is an SVG in pixels, so its size is not certain. At 96 pixels an inch it is %(size)s long."
      " Please confirm the size."),
    _("This looks like a workshop drawing with dimensions or notes, not like a part to cut: %(open)s of %(all)s"
      " contours are open, on %(layers)s layers. Please say which layer is the outline."),
    _("This looks like a workshop drawing with dimensions or notes, not like a part to cut: %(open)s of %(all)s"
      " contours are open."),
    _("One contour is open: what they should enclose will not fall out."),
    _("%(open)s contours are open: what they should enclose will not fall out."),
    _("There are contours below %(size)s mm. Please confirm the unit."),
    _("The drawing holds only hatches. Their edges are cut. Please check that they should be."),
    _("Could not be read and is missing here: %(what)s."),
    _("Not cut and not counted: %(what)s."),
    _("Not cut: %(what)s. Text to be cut must be converted to outlines."),
    _("Hidden layers are not cut: %(layers)s."),
    _("Layers not cut: %(layers)s."),
    _("The frame of the drawing and its title block are not cut: %(count)s lines."),
    _("Dimensions drawn as plain lines are not cut: %(count)s lines."),
    _("The file holds %(parts)s separate parts."),
    _("Lines drawn in the style %(styles)s are cut too. Please check that they should be."),
    # --- what is wrong with it, and where ---
    _("A line is drawn twice. It is cut and counted once."),
    _("A line lies partly on another one. The common part is cut and counted once."),
    _("A line without length. It is left out."),
    _("The contour is open here."),
    _("The contour is open: the ends are %(size)s mm apart."),
    _("The contour crosses or touches itself."),
    _("Two contours cross or touch each other."),
    _("This rectangle of %(size)s mm lies around everything. It may be the frame of the drawing."),
    _("More than two lines meet here: %(lines)s."),
    _("A piece of only %(size)s mm. Such pieces make the machine stutter."),
    _("Text, %(size)s mm high, is not cut. It must be converted to outlines."),
    # --- what a material does not allow ---
    _("This hole is %(size)s mm wide. At %(thickness)s mm that cannot be cut."),
    _("This hole is %(size)s mm wide. At %(thickness)s mm it may come out rough or not round."),
    _("Only %(size)s mm of material stay here. At %(thickness)s mm it burns away."),
    _("Only %(size)s mm of material stay here. At %(thickness)s mm it may warp or burn."),
    _("Two parts are %(size)s mm apart, less than the cut is wide."),
    _("This part is %(size)s mm long and does not fit on the machine."),
    # --- why it was not mended ---
    _("There is nothing to mend: the drawing would stay as it is."),
    _("No closed contour would be left of the drawing. Please join its gaps first."),
    _("The drawing holds only one part."),
    _("The drawing holds more than %(most)s different parts. Please send them apart."),
    _("A drawing can be scaled by 0.0001 to 10000."),
    # --- why a part has no place on a sheet ---
    _("It is larger than every sheet within its margin."),
    _("There was no room left on the sheets."),
    _("Only 5000 pieces are nested at once, and fewer of very intricate ones."),
    _("Its outline is no closed shape with an area."),
    _("Its outline holds a coordinate that is no number."),
    _("Its outline is larger than a kilometre."),
    _("Its outline has too many points."),
    terms=(
        # Layers are taken as one of these.
        _("cut"), _("engrave"), _("bend"), _("ignore"),
        # What a file holds that is not cut.
        _("text"), _("dimension"), _("leader"), _("tolerance frame"), _("table"), _("hatch"), _("filled area"),
        _("cover"), _("picture"), _("embedded object"), _("underlay"), _("infinite line"), _("3D mesh"),
        _("missing block"), _("external reference"), _("block on a frozen layer"), _("3D face"), _("3D solid"),
        _("shape of a font"), _("unknown object"),
        _("hidden object"), _("clipping path"), _("object without colour"), _("white area"),
    ),
)  # fmt: skip
