"""A folder of Markdown notes, or of plain files: the embedded default for a wiki or a drive.

`connector` is what the engine sees; `notes` and `files` are the two sorts of record;
`document` and `front` take a note apart and put it together; `place` is the disk.
"""

from connectors.folder.connector import Folder, FolderSettings

__all__ = ["Folder", "FolderSettings"]
