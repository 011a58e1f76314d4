import os
os.pth
